// Each rule alone, before and after as text. A rule that does not fit leaves the plan as it is: the same nodes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Node, optimise, optimiseAll, rules, schema } from '../../../src/plan/index.ts'
import { lit } from '../../../src/table/index.ts'
import { airports, flights, flightsOf } from '../../table/support.ts'
import { text, tree } from '../tree.ts'

const some = flights.select(f => ({ at: f.at, carrier: f.carrier, delay: f.delay, price: f.price }))

function only(name: string): (node: Node) => string {
  const rule = rules.find(each => each.name === name) ?? assert.fail(`no rule ${name}`)
  return node => {
    const { node: made, applied } = optimise(node, [rule])
    assert.deepEqual(applied, made === node ? [] : [name])
    return tree(made)
  }
}

interface Case {
  readonly rule: string
  readonly why: string
  readonly plan: { readonly node: Node }
  /** undefined: nothing changes. */
  readonly after: string | undefined
}

const cases: readonly Case[] = [
  {
    rule: 'merge-filters',
    why: 'one condition',
    plan: flights.where(f => f.paid).where(f => f.delay.gt(5)),
    after: text`
      where paid AND delay > 5
        test flights (never ends), late by 10 minutes
    `,
  },
  {
    rule: 'merge-selects',
    why: 'expressions are put in place of their names',
    plan: flights.select(f => ({ at: f.at, cents: f.price.mul(100) })).select(f => ({ a: f.at, c: f.cents.add(1) })),
    after: text`
      select a = at, c = price * 100 + 1
        test flights (never ends), late by 10 minutes
    `,
  },
  {
    rule: 'merge-selects',
    why: 'an expression would be computed twice',
    plan: flights.select(f => ({ cents: f.price.mul(100) })).select(f => ({ a: f.cents.add(1), b: f.cents.add(2) })),
    after: undefined,
  },
  {
    rule: 'merge-selects',
    why: 'a field of a struct column',
    plan: flights
      .window({ tumbling: '1 hour' })
      .select(f => ({ w: f.window }))
      .select(f => ({ s: f.w.start })),
    after: text`
      select s = window.start
        window tumbling 1 hour
          test flights (never ends), late by 10 minutes
    `,
  },
  {
    rule: 'remove-select',
    why: 'all columns under their names in their order',
    plan: some.select(f => ({ at: f.at, carrier: f.carrier, delay: f.delay, price: f.price })),
    after: text`
      select at, carrier, delay, price
        test flights (never ends), late by 10 minutes
    `,
  },
  { rule: 'remove-select', why: 'another order is another table', plan: some, after: undefined },
  {
    rule: 'push-filter-select',
    why: 'the condition is on a column that passes',
    plan: flights.select(f => ({ late: f.delay, cents: f.price.mul(100) })).where(f => f.late.gt(5)),
    after: text`
      select late = delay, cents = price * 100
        where delay > 5
          test flights (never ends), late by 10 minutes
    `,
  },
  {
    rule: 'push-filter-select',
    why: 'the expression would be computed twice',
    plan: flights.select(f => ({ cents: f.price.mul(100) })).where(f => f.cents.gt(5)),
    after: undefined,
  },
  {
    rule: 'push-filter-union',
    why: 'each side by the names it has there',
    plan: flights
      .select(f => ({ c: f.carrier, d: f.delay }))
      .union(flights.select(f => ({ c: f.origin, d: f.delay })))
      .where(f => f.c.eq('AA')),
    after: text`
      union
        where c = 'AA'
          select c = carrier, d = delay
            test flights (never ends), late by 10 minutes
        where c = 'AA'
          select c = origin, d = delay
            ^ test flights (never ends), late by 10 minutes
    `,
  },
  {
    rule: 'push-filter-join',
    why: 'what is on one side goes to that side',
    plan: some.join(airports, { on: (f, a) => f.carrier.eq(a.iata) }).where(f => f.delay.gt(5).and(f.city.eq('Nome'))),
    after: text`
      inner join on carrier = iata
        where delay > 5
          select at, carrier, delay, price
            test flights (never ends), late by 10 minutes
        where city = 'Nome'
          test airports
    `,
  },
  {
    rule: 'push-filter-join',
    why: 'rows by themselves have nulls on the right: what is on it stays above a left join',
    plan: some
      .join(airports, { type: 'left', on: (f, a) => f.carrier.eq(a.iata) })
      .where(f => f.delay.gt(5).and(f.city.eq('Nome'))),
    after: text`
      where city = 'Nome'
        left join on carrier = iata
          where delay > 5
            select at, carrier, delay, price
              test flights (never ends), late by 10 minutes
          test airports
    `,
  },
  {
    rule: 'push-filter-join',
    why: 'nothing goes below a full join',
    plan: airports
      .join(airports.rename({ iata: 'code', name: 'n', city: 'c' }), {
        type: 'full',
        on: (a, b) => a.iata.eq(b.code),
      })
      .where(a => a.city.eq('Nome')),
    after: undefined,
  },
  {
    rule: 'push-filter-join',
    why: 'a condition without a column goes to a side whose rows are not kept by themselves',
    plan: some.join(airports, { type: 'right', on: (f, a) => f.carrier.eq(a.iata) }).where(() => lit(false)),
    after: text`
      right join on carrier = iata
        select at, carrier, delay, price
          test flights (never ends), late by 10 minutes
        where false
          test airports
    `,
  },
  {
    rule: 'push-join-condition',
    why: 'a condition on the right of a left join selects what can be a partner; one on the left does not select rows',
    plan: some.join(airports, {
      type: 'left',
      on: (f, a) => f.carrier.eq(a.iata).and(a.city.eq('Nome')).and(f.delay.gt(5)),
    }),
    after: text`
      left join on carrier = iata AND delay > 5
        select at, carrier, delay, price
          test flights (never ends), late by 10 minutes
        where city = 'Nome'
          test airports
    `,
  },
  {
    rule: 'push-join-condition',
    why: 'what can fail stays',
    plan: some.join(airports, {
      on: (f, a) => f.carrier.eq(a.iata).and(f.delay.div(f.delay).eq(1)),
    }),
    after: undefined,
  },
  {
    rule: 'push-filter-join',
    why: 'the condition can fail for rows without a match',
    plan: some.join(airports, { on: (f, a) => f.carrier.eq(a.iata) }).where(f => f.delay.div(f.delay).eq(1)),
    after: undefined,
  },
  {
    rule: 'push-filter-source',
    why: 'right after decoding',
    plan: flights.where(f => f.paid).select(f => ({ c: f.carrier })),
    after: text`
      select c = carrier
        test flights (never ends), late by 10 minutes, where paid
    `,
  },
  {
    rule: 'push-filter-source',
    why: 'never past a limit',
    plan: flights.limit(5).where(f => f.paid),
    after: undefined,
  },
  {
    rule: 'push-projection',
    why: 'the columns that are read, the event time, and those of the conditions',
    plan: flights.where(f => f.paid).select(f => ({ c: f.carrier })),
    after: text`
      select c = carrier
        where paid
          test flights (never ends), late by 10 minutes, columns at, carrier, paid
    `,
  },
  {
    rule: 'push-projection',
    why: 'a count needs a row, not a column',
    plan: airports.agg(g => ({ n: g.count() })),
    after: text`
      aggregate n = count()
        test airports, columns iata
    `,
  },
  {
    rule: 'push-projection',
    why: 'columns of a select that nobody reads',
    plan: flights
      .withColumns(f => ({ cents: f.price.mul(100) }))
      .groupBy('carrier')
      .agg(g => ({ n: g.count() })),
    after: text`
      aggregate by carrier: n = count()
        select carrier
          test flights (never ends), late by 10 minutes, columns at, carrier
    `,
  },
  {
    rule: 'push-projection',
    why: 'both sides of a union stay in step',
    plan: flightsOf()
      .union(flightsOf().where(f => f.paid))
      .select(f => ({ c: f.carrier })),
    after: text`
      select c = carrier
        union
          select carrier
            test flights (never ends), late by 10 minutes, columns at, carrier
          select carrier
            where paid
              test flights (never ends), late by 10 minutes, columns at, carrier, paid
    `,
  },
  {
    rule: 'push-projection',
    why: 'the late rows of a window are whole rows',
    plan: flights
      .window({ tumbling: '1 hour' })
      .groupBy('carrier')
      .agg(g => ({ n: g.count() })).late,
    after: undefined,
  },
  {
    rule: 'push-projection',
    why: 'a plain function sees whole rows',
    plan: flights.filter(f => f.paid).select(f => ({ c: f.carrier })),
    after: undefined,
  },
  {
    rule: 'push-projection',
    why: 'both sides of a join',
    plan: flights.join(airports, { on: (f, a) => f.origin.eq(a.iata) }).select(f => ({ c: f.carrier, city: f.city })),
    after: text`
      select c = carrier, city
        inner join on origin = iata
          test flights (never ends), late by 10 minutes, columns at, carrier, origin
          test airports, columns iata, city
    `,
  },
  {
    rule: 'fold-constants',
    why: 'a condition that is always true goes away',
    plan: flights.where(() => lit(1).add(1).eq(2)),
    after: 'test flights (never ends), late by 10 minutes',
  },
  {
    rule: 'fold-constants',
    why: 'constant parts are computed, true disappears from AND',
    plan: flights.where(f => f.delay.gt(lit(2).mul(3)).and(lit(1).lt(2))),
    after: text`
      where delay > 6
        test flights (never ends), late by 10 minutes
    `,
  },
  {
    rule: 'fold-constants',
    why: 'what fails is left to fail in its row',
    plan: flights.where(f => f.delay.gt(lit(1).div(0))),
    after: undefined,
  },
]

for (const { rule, why, plan, after } of cases)
  test(`${rule}: ${why}`, () => assert.equal(only(rule)(plan.node), after ?? tree(plan.node)))

test('a source whose bad rows are read decodes all columns, and is not changed for one of its readers', () => {
  const kept = flights.where(f => f.paid)
  const roots = [kept.select(f => ({ c: f.carrier })).node, flights.errors.node]
  const { nodes } = optimiseAll(roots)
  assert.equal(
    tree(...nodes),
    text`
      select c = carrier
        where paid
          test flights (never ends), late by 10 minutes
      errors
        ^ test flights (never ends), late by 10 minutes
    `,
  )
})

test('all rules together, to a fixpoint', () => {
  const plan = flights
    .withColumn('cents', f => f.price.mul(100))
    .where(f => f.paid)
    .where(f => f.delay.gt(lit(10).add(5)))
    .select(f => ({ carrier: f.carrier, at: f.at, delay: f.delay, cents: f.cents }))
    .window({ tumbling: '1 hour' })
    .groupBy('carrier')
    .agg(g => ({ n: g.count(), mean: g.delay.avg() }))
  const { node, applied } = optimise(plan.node)
  assert.equal(
    tree(node),
    text`
      aggregate by carrier, window: n = count(), mean = avg(delay)
        window tumbling 1 hour
          select carrier, at, delay
            test flights (never ends), late by 10 minutes, columns at, carrier, delay, paid, where paid AND delay > 15
    `,
  )
  assert.deepEqual([...applied].sort(), [
    'fold-constants',
    'merge-filters',
    'merge-selects',
    'push-filter-select',
    'push-filter-source',
    'push-projection',
  ])
  assert.deepEqual(optimise(node), { node, applied: [] })
})

test('what a column is made of takes its place with its type', () => {
  const typed = flights
    .select(f => ({ exact: f.delay.cast('decimal'), half: lit(0.5), none: lit(null, 'double') }))
    .select(f => ({ sum: f.exact.add(f.half as never), missing: f.none.abs() }))
  const { node, applied } = optimise(typed.node)
  assert.ok(applied.includes('merge-selects'))
  assert.deepEqual(schema(node), schema(typed.node))
})
