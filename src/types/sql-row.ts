// The row type of a query's text, found by the type checker, for the SQL of every day: SELECT [DISTINCT] of columns, *, counts,
// sums, least and greatest, ranks, casts and whole numbers, each with its name, FROM tables that are known, with inner and left
// joins. Law: a type that is told is right; what is not understood is `unknown`, a whole query if it has other parts.

type Unknown = Record<string, unknown>

/** @param Tables the rows of the tables by name. */
export type SqlRow<Text extends string, Tables> = string extends Text ? Unknown : Whole<Clean<Text>, Tables>

type Clean<T extends string> = Trim<Spaces<Lines<T>>>
type Lines<T extends string> = T extends `${infer A}${'\n' | '\t' | ';'}${infer B}` ? Lines<`${A} ${B}`> : T
type Spaces<T extends string> = T extends `${infer A}  ${infer B}` ? Spaces<`${A} ${B}`> : T
type Trim<T extends string> = T extends ` ${infer R}` ? Trim<R> : T extends `${infer R} ` ? Trim<R> : T

/** The first occurrence of a word in capitals or in small letters: what is before and behind it. */
type Cut<T extends string, Word extends string> = T extends `${infer A} ${Word} ${infer B}`
  ? A extends `${infer C} ${Lowercase<Word>} ${infer D}`
    ? [C, `${D} ${Word} ${B}`]
    : [A, B]
  : T extends `${infer A} ${Lowercase<Word>} ${infer B}`
    ? [A, B]
    : undefined

/** What makes a query one that is not of every day. */
type Strange =
  | `${string} ${'UNION' | 'INTERSECT' | 'EXCEPT' | 'LATERAL' | 'RIGHT' | 'FULL' | 'NATURAL' | 'USING'} ${string}`
  | `${string}${'ROLLUP' | 'CUBE' | 'GROUPING' | '--' | '/*' | '$$'}${string}`
  | `${string}SELECT${string}SELECT${string}`
  | `${string}DISTINCT ON${string}`

type Whole<T extends string, Tables> =
  Uppercase<T> extends Strange
    ? Unknown
    : T extends `${'SELECT' | 'select'} ${infer Rest}`
      ? Parts<Cut<Distinct<Rest>, 'FROM'>, Tables>
      : Unknown

type Distinct<T extends string> = T extends `${'DISTINCT' | 'distinct'} ${infer Rest}` ? Rest : T

type Parts<P, Tables> = P extends [infer List extends string, infer From extends string]
  ? List extends `${string}${"'" | '"'}${string}`
    ? Unknown
    : Listed<Items<List>, Scope<Sources<From>, Tables>>
  : Unknown

type Listed<L, S> = L extends readonly string[] ? (S extends object ? Told<L, S> : Unknown) : Unknown

// --- The list: pieces between commas, put together again until their parentheses are closed.

type Items<T extends string, Open extends string = ''> = T extends `${infer A},${infer B}`
  ? Closed<`${Open}${A}`> extends true
    ? [Trim<`${Open}${A}`>, ...More<Items<B>>]
    : Items<B, `${Open}${A},`>
  : Closed<`${Open}${T}`> extends true
    ? [Trim<`${Open}${T}`>]
    : undefined

type More<L> = L extends readonly string[] ? L : [never]

type Closed<T extends string> = T extends `${infer A}(${infer B}`
  ? B extends `${infer C})${infer D}`
    ? C extends `${infer E}(${infer F}`
      ? Closed<`${A}${E}(${Inner<F, D>}`>
      : Closed<`${A}${D}`>
    : false
  : T extends `${string})${string}`
    ? false
    : true

/** The innermost parentheses go first. */
type Inner<F extends string, D extends string> = F extends `${infer E}(${infer G}` ? `${E}(${Inner<G, D>}` : D

// --- FROM: [table, alias, may be missing] of each.

type Head<T extends string> = UpTo<T, ['WHERE', 'GROUP', 'ORDER', 'HAVING', 'LIMIT', 'OFFSET', 'FETCH', 'WINDOW']>
type UpTo<T extends string, Words> = Words extends [infer Word extends string, ...infer Rest]
  ? Cut<T, Word> extends [infer A extends string, string]
    ? UpTo<A, Rest>
    : UpTo<T, Rest>
  : T

type Sources<T extends string> = Chain<Head<T>>
type Chain<T extends string> =
  Cut<T, 'JOIN'> extends [infer A extends string, infer B extends string]
    ? [...Chain<Before<A>>, ...Joined<Chain<B>, A>]
    : T extends `${infer A},${infer B}`
      ? [...Chain<Trim<A>>, ...Chain<Trim<B>>]
      : [Source<T>]

type Before<T extends string> = T extends `${infer A} ${'LEFT' | 'left'}${'' | ' OUTER' | ' outer'}`
  ? A
  : T extends `${infer A} ${'INNER' | 'inner' | 'CROSS' | 'cross'}`
    ? A
    : T

type Joined<L, A extends string> = A extends `${string} ${'LEFT' | 'left'}${'' | ' OUTER' | ' outer'}`
  ? L extends [[infer Name, infer As, unknown], ...infer Rest]
    ? [[Name, As, true], ...Rest]
    : L
  : L

type Source<T extends string> = Named<T extends `${infer A} ${'ON' | 'on'} ${string}` ? A : T>
type Named<T extends string> = T extends `${infer Name} ${'AS' | 'as'} ${infer As}`
  ? [Name, Lowercase<As>, false]
  : T extends `${infer Name} ${infer As}`
    ? [Name, Lowercase<As>, false]
    : [T, Lowercase<T>, false]

/** Rows by alias; undefined where a table is not known. */
type Scope<L, Tables, Known = unknown> = L extends [[infer Name, infer As extends string, infer Missing], ...infer Rest]
  ? Name extends keyof Tables
    ? Scope<Rest, Tables, Known & { [K in As]: Missing extends true ? OrNull<Tables[Name]> : Tables[Name] }>
    : undefined
  : Known

type OrNull<Row> = { [K in keyof Row]: Row[K] | null }

// --- Columns.

type Told<L extends readonly string[], S> = Flat<Columns<L, S>>
type Flat<T> = { [K in keyof T]: T[K] }

type Columns<L extends readonly string[], S, Known = unknown> = L extends readonly [
  infer Item extends string,
  ...infer Rest extends string[],
]
  ? Columns<Rest, S, Known & Column<Item, S>>
  : Known

type Column<Item extends string, S> = Item extends '*'
  ? Only<S>
  : Item extends `${infer Expr} ${'AS' | 'as'} ${infer Name}`
    ? { [K in Lowercase<Name>]: TypeOf<Trim<Expr>, S> }
    : { [K in NameOf<Item>]: TypeOf<Item, S> }

/** * of several tables numbers names that are there twice. */
type Only<S> = Single<keyof S> extends true ? S[keyof S] : Unknown
type Single<K, All = K> = K extends unknown ? ([All] extends [K] ? true : false) : never

/** A name that is not quoted is in small letters; never: it has none that we know. */
type NameOf<Item extends string> = Item extends `${infer Fn}(${string})`
  ? Plain<Fn>
  : Item extends `${infer Expr}::${string}`
    ? NameOf<Expr>
    : Item extends `${string}.${infer Name}`
      ? Plain<Name>
      : Plain<Item>

type Plain<Name extends string> = Name extends `${string}${' ' | '(' | '+' | '-' | '*' | '/' | '.' | '|'}${string}`
  ? never
  : Name extends `${number}`
    ? never
    : Lowercase<Name>

/** A column is found whatever its case. */
type Of<Path extends string, S> = Path extends `${infer As}.${infer Name}`
  ? Lowercase<As> extends keyof S
    ? Field<S[Lowercase<As>], Name>
    : unknown
  : { [As in keyof S]: Found<S[As], Lowercase<Path>> }[keyof S] extends infer Known
    ? [Known] extends [never]
      ? unknown
      : Known
    : unknown

type Small<Row> = { [K in keyof Row as Lowercase<K & string>]: Row[K] }
type Found<Row, Name> = Name extends keyof Small<Row> ? Small<Row>[Name] : never
type Field<Row, Name extends string> = Lowercase<Name> extends keyof Small<Row> ? Small<Row>[Lowercase<Name>] : unknown

type Ranked = 'row_number' | 'rank' | 'dense_rank'

/** Whole numbers beyond 2^53, which are bigints, have 16 digits or more. */
type WholeNumber<Digits extends string> =
  Digits extends `${infer _1}${infer _2}${infer _3}${infer _4}${infer _5}${infer _6}${infer _7}${infer _8}${infer _9}${infer _10}${infer _11}${infer _12}${infer _13}${infer _14}${infer _15}${infer Rest}`
    ? Rest extends ''
      ? number
      : number | bigint
    : number

type TypeOf<Expr extends string, S> = Expr extends `${bigint}`
  ? WholeNumber<Expr>
  : Lowercase<Expr> extends `${Ranked}() over (${string})` | `${Ranked}() over ${string}`
    ? Lowercase<Expr> extends `${string}) ${string}) ${string}`
      ? unknown
      : number
    : Expr extends `${infer Fn}(${infer Argument})`
      ? Argument extends `${string}${'(' | ')'}${string}`
        ? unknown
        : Aggregate<Lowercase<Trim<Fn>>, Trim<Argument>, S>
      : Expr extends `${infer Inner}::${infer To}`
        ? Cast<Of<Inner, S>, Lowercase<To>>
        : Of<Expr, S>

type Aggregate<Fn extends string, Argument extends string, S> = Fn extends 'count'
  ? number
  : Fn extends 'min' | 'max' | 'sum'
    ? Of<Distinct<Argument>, S> | null
    : unknown

type Cast<From, To extends string> = unknown extends From
  ? unknown
  : To extends 'text' | 'varchar' | 'numeric'
    ? string | Extract<From, null>
    : To extends 'int' | 'integer' | 'bigint' | 'int8' | 'int4' | 'float8' | 'double precision' | 'real'
      ? number | Extract<From, null>
      : To extends 'boolean' | 'bool'
        ? boolean | Extract<From, null>
        : unknown
