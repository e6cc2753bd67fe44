// The mistakes people make with expressions, and what the compiler tells them (users' measured list).

import { airports, Flight, flights, read } from './fixtures.ts'

// error: Property 'carrer' does not exist on type
// error: Did you mean 'carrier'?
flights.where(f => f.carrer.eq('AA'))

// error: Operator '>' cannot be applied to types 'NumExpr' and 'number'
flights.where(f => f.price > 5)

// error: Operator '>' cannot be applied to types 'NullableNumExpr' and 'number'
flights.where(f => f.delay > 5)

// error: Operator '+' cannot be applied to types 'NumExpr' and 'number'
flights.select(f => ({ a: f.price + 1 }))

// error: the types 'StrExpr' and 'string' have no overlap
// error: Type 'boolean' is not assignable to type 'BoolExpr | NullableBoolExpr'
flights.where(f => f.carrier === 'AA')

// error: Type 'boolean' is not assignable to type 'BoolExpr | NullableBoolExpr'
flights.where(f => !f.paid)

// error: Type 'NumExpr' is not assignable to type 'BoolExpr | NullableBoolExpr'
flights.where(f => f.price)

// error: Argument of type 'null' is not assignable to parameter of type 'NullIsNeverEqual<"use .isNull() or .isNotNull()">'
flights.where(f => f.delay.eq(null))

// error: Argument of type 'null' is not assignable to parameter of type 'NullIsNeverEqual<"use .isNull() or .isNotNull()">'
flights.where(f => f.price.lt(null))

// error: Argument of type '5' is not assignable to parameter of type 'StrArg | null'
flights.where(f => f.carrier.eq(5))

// error: Argument of type '"5"' is not assignable to parameter of type 'NumArg | null'
flights.where(f => f.price.gt('5'))

// error: Argument of type 'StrExpr' is not assignable to parameter of type
flights.where(f => f.price.gt(f.carrier))

// error: Property 'upper' does not exist on type 'NumExpr'
flights.select(f => ({ a: f.price.upper() }))

// error: Argument of type '"carier"' is not assignable to parameter of type '"at" | "carrier" |
flights.groupBy('carier')

// error: Argument of type '"carier"' is not assignable to parameter of type '"at" | "carrier" |
flights.drop('carier')

// error: 'carier' does not exist in type
flights.rename({ carier: 'c' })

// error: Property 'sum' does not exist on type
flights.groupBy('at').agg(g => ({ s: g.carrier.sum() }))

// error: Property 'dely' does not exist on type
flights.groupBy('at').agg(g => ({ s: g.dely.sum() }))

// error: Type '"att"' is not assignable to type '"at"'
read(Flight, { time: 'att' })

// error: Type '"carrier"' is not assignable to type '"at"'
read(Flight, { time: 'carrier' })

// error: Type '"10 minuts"' is not assignable to type
read(Flight, { time: 'at', lateBy: '10 minuts' })

// error: 'minuts' does not exist in type
// error: Did you mean to write 'minutes'?
read(Flight, { time: 'at', lateBy: { minuts: 10 } })

// error: Type 'number' is not assignable to type
flights.window({ tumbling: 60 })

// error: Property 'every' is missing in type
flights.window({ sliding: '10 minutes' })

// error: No overload matches this call
flights.window({ session: f => f.carrier })

const counted = flights.groupBy('carrier').agg(g => ({ n: g.count() }))
// error: Property 'final' does not exist on type
counted.final()

// error: DedupNeedsRowsThatOnlyCome<"call .final() on the windowed table, or use .firstBy({ by })">
counted.dedup({ by: 'carrier' })

// error: Property 'late' does not exist on type
flights.late

// error: Property 'iatta' does not exist on type
// error: Did you mean 'iata'?
flights.join(airports, { on: (f, a) => f.carrier.eq(a.iatta) })

// error: Type '"outer"' is not assignable to type 'JoinType
flights.join(airports, { type: 'outer', on: (f, a) => f.carrier.eq(a.iata) })

// error: Property 'desc' does not exist on type 'JsonExpr<
flights.orderBy(f => f.extra.desc())
