// Every method of every expression type does what its type promises: each is built in a select, its TypeScript type is
// compared with the planned column, and its values over real rows with the interpreter's. The last test reads the
// interfaces and requires a case for each method.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { and, coalesce, concat, lit, not, or, read, split, t, when } from 'millrace'
import {
  CellWriter,
  clockText,
  type IntervalParts,
  intervalBytes,
  intervalOf,
  intervalParts,
  javaScriptOf,
  putValueOf,
  timeOf,
  uuidOfText,
  uuidText,
} from '../../src/data/index.ts'
import { type Expr, interpret, type Value } from '../../src/expr/index.ts'
import { nodeOf } from '../../src/table/expression.ts'
import { methods } from '../../src/table/methods.ts'
import { rowOf } from '../../src/table/row.ts'
import type * as T from '../../src/types/index.ts'

const Row = t.row({
  b: t.boolean(),
  bn: t.boolean().nullable(),
  i: t.int(),
  in: t.int().nullable(),
  g: t.bigint(),
  gn: t.bigint().nullable(),
  d: t.double(),
  dn: t.double().nullable(),
  f: t.float(),
  s: t.string(),
  sn: t.string().nullable(),
  x: t.binary(),
  xn: t.binary().nullable(),
  at: t.timestamp(),
  atn: t.timestamp().nullable(),
  on: t.date(),
  onn: t.date().nullable(),
  j: t.json<{ a: number; list: number[]; text: string }>(),
  jn: t.json<{ a: number }>().nullable(),
  l: t.list(t.string()),
  ln: t.list(t.int().nullable()).nullable(),
  m: t.map(t.string(), t.double()),
  mn: t.map(t.int(), t.string().nullable()).nullable(),
  t: t.time(),
  tn: t.time().nullable(),
  v: t.interval(),
  vn: t.interval().nullable(),
  u: t.uuid(),
  un: t.uuid().nullable(),
  p: t.decimal(10, 2),
  pn: t.decimal().nullable(),
})
type Row = T.RowFrom<typeof Row>

const at = (text: string): Date => new Date(text)
const full: Row = {
  b: true,
  bn: false,
  i: 7,
  in: -3,
  g: 7n,
  gn: -3n,
  d: 2.5,
  dn: -1.25,
  f: 0.5,
  s: 'Millrace',
  sn: ' über ',
  x: Uint8Array.of(1, 2, 3),
  xn: Uint8Array.of(1),
  at: at('2024-02-29T12:34:56.789Z'),
  atn: at('1969-12-31T23:59:59.999Z'),
  on: at('2024-02-29'),
  onn: at('1969-12-31'),
  j: { a: 1, list: [1, 2], text: 'x' },
  jn: { a: 2 },
  l: ['b', 'a', 'b'],
  ln: [3, null, 1],
  m: new Map([
    ['a', 1.5],
    ['b', 2],
  ]),
  mn: new Map([[7, null]]),
  t: '12:34:56.5',
  tn: '00:00:00',
  v: { months: 1, days: 2, micros: 3_000_000 },
  vn: { months: 0, days: -1, micros: 0 },
  u: '9b2b38c6-1c0c-4c52-8a5d-2f1d0c9d7a10',
  un: '00000000-0000-4000-8000-000000000000',
  p: '12.50',
  pn: '-0.125',
}
const bare: Row = {
  ...full,
  bn: null,
  in: null,
  gn: null,
  dn: null,
  sn: null,
  xn: null,
  atn: null,
  onn: null,
  jn: null,
  ln: null,
  mn: null,
  tn: null,
  vn: null,
  un: null,
  pn: null,
}
const rows: readonly Row[] = [full, bare, { ...full, b: false, i: -7, d: -0.5, s: '', g: 0n, in: 3, sn: 'Millrace' }]

/** The expression types by the column they are planned as. */
interface Faces {
  boolean: T.BoolExpr
  'boolean?': T.NullableBoolExpr
  int: T.NumExpr
  'int?': T.NullableNumExpr
  double: T.NumExpr
  'double?': T.NullableNumExpr
  float: T.NumExpr
  'float?': T.NullableNumExpr
  bigint: T.BigExpr
  'bigint?': T.NullableBigExpr
  string: T.StrExpr
  'string?': T.NullableStrExpr
  binary: T.BinExpr
  'binary?': T.NullableBinExpr
  timestamp: T.TimeExpr
  'timestamp?': T.NullableTimeExpr
  date: T.DateExpr
  'date?': T.NullableDateExpr
  json: T.JsonExpr<never>
  'json?': T.NullableJsonExpr<never>
  list: T.ListExpr<never>
  'list?': T.NullableListExpr<never>
  map: T.MapExpr<never, never>
  'map?': T.NullableMapExpr<never, never>
  time: T.ClockExpr
  'time?': T.NullableClockExpr
  interval: T.IntervalExpr
  'interval?': T.NullableIntervalExpr
  uuid: T.UuidExpr
  'uuid?': T.NullableUuidExpr
  decimal: T.DecExpr
  'decimal?': T.NullableDecExpr
}
type Same<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false
type Fits<K extends keyof Faces, E> = K extends 'json' | 'json?'
  ? E extends T.NullableJsonExpr<infer _>
    ? unknown
    : { planned: K }
  : K extends 'list'
    ? E extends T.ListExpr<infer _>
      ? unknown
      : { planned: K }
    : K extends 'list?'
      ? E extends T.NullableListExpr<infer _>
        ? unknown
        : { planned: K }
      : Same<E, Faces[K]> extends true
        ? unknown
        : { planned: K }

/** An expression, and the column that its type says it is. */
const is = <K extends keyof Faces, E>(planned: K, made: E & Fits<K, E>) => ({ planned, made: made as E })
type Case = ReturnType<typeof is>

const ordered = (
  c: T.Columns<Row>,
): readonly { readonly of: string; readonly cases: Readonly<Record<string, Case>> }[] => [
  {
    of: 'Whatever',
    cases: {
      isNull: is('boolean', c.in.isNull()),
      isNotNull: is('boolean', c.jn.isNotNull()),
      cast: is('string?', c.in.cast('string')),
      tryCast: is('int?', c.s.tryCast('int')),
    },
  },
  {
    of: 'Whatever of each target',
    cases: {
      boolean: is('boolean', c.i.cast('boolean')),
      int: is('int', c.d.cast('int')),
      bigint: is('bigint', c.i.cast('bigint')),
      float: is('float', c.d.cast('float')),
      double: is('double', c.i.cast('double')),
      string: is('string', c.at.cast('string')),
      timestamp: is('timestamp', c.on.cast('timestamp')),
      date: is('date', c.at.cast('date')),
      json: is('json', lit('{"a":[1]}').cast('json')),
      time: is('time', c.at.cast('time')),
      interval: is('interval', c.t.cast('interval')),
      uuid: is('uuid', lit('9b2b38c6-1c0c-4c52-8a5d-2f1d0c9d7a10').cast('uuid')),
      decimal: is('decimal', c.d.cast('decimal')),
      'uuid to text': is('string', c.u.cast('string')),
      'try interval': is('interval?', c.s.tryCast('interval')),
      'json to text': is('string', c.j.cast('string')),
      'bigint to int': is('int?', c.gn.cast('int')),
      'boolean to int': is('int?', c.bn.cast('int')),
      'try timestamp': is('timestamp?', c.s.tryCast('timestamp')),
      'try date': is('date?', c.sn.tryCast('date')),
    },
  },
  {
    of: 'Equal',
    cases: {
      eq: is('boolean?', c.in.eq(c.i)),
      ne: is('boolean', c.s.ne('Millrace')),
      isDistinctFrom: is('boolean', c.in.isDistinctFrom(null)),
      in: is('boolean', c.i.in([7, 8])),
      nullIf: is('string?', c.s.nullIf('')),
      coalesce: is('int', c.in.coalesce(0)),
    },
  },
  {
    of: 'Equal of other types',
    cases: {
      'in with null': is('boolean?', c.s.in(['a', c.sn])),
      'eq bigint': is('boolean?', c.gn.eq(7)),
      'eq binary': is('boolean?', c.xn.eq(Uint8Array.of(1))),
      'eq timestamp': is('boolean', c.at.eq(at('2024-02-29T12:34:56.789Z'))),
      'eq date': is('boolean', c.on.eq(at('2024-02-29'))),
      'eq time': is('boolean?', c.tn.eq('00:00:00')),
      'eq interval': is('boolean', c.v.eq({ days: 32, seconds: 3 })),
      'eq uuid': is('boolean?', c.u.eq(c.un)),
      'in uuid': is('boolean', c.u.in(['9B2B38C6-1C0C-4C52-8A5D-2F1D0C9D7A10'])),
      'coalesce interval': is('interval', c.vn.coalesce('1 month')),
      'eq boolean': is('boolean?', c.b.eq(c.bn)),
      'distinct from': is('boolean', c.sn.isDistinctFrom('Millrace')),
      'coalesce null': is('string?', c.sn.coalesce(c.sn)),
      'coalesce timestamp': is('timestamp', c.atn.coalesce(c.at)),
      'coalesce date': is('date', c.onn.coalesce(c.on)),
      'nullIf double': is('double?', c.d.nullIf(2.5)),
    },
  },
  {
    of: 'Ordered',
    cases: {
      gt: is('boolean?', c.in.gt(0)),
      gte: is('boolean', c.d.gte(c.f)),
      lt: is('boolean', c.s.lt('N')),
      lte: is('boolean?', c.atn.lte(c.at)),
      between: is('boolean?', c.i.between(c.in, 10)),
      greatest: is('int', c.i.greatest(c.in, 3)),
      least: is('int', c.i.least(c.in, 3)),
    },
  },
  {
    of: 'Ordered of other types',
    cases: {
      'gt bigint': is('boolean?', c.gn.gt(0n)),
      'lt binary': is('boolean', c.x.lt(Uint8Array.of(2))),
      'lt date': is('boolean?', c.onn.lt(c.on)),
      'gt boolean': is('boolean?', c.b.gt(c.bn)),
      'lt time': is('boolean', c.t.lt('12:34:57')),
      'gt interval': is('boolean?', c.vn.gt('PT0S')),
      'gt uuid': is('boolean?', c.u.gt(c.un)),
      'greatest interval': is('interval', c.v.greatest(c.vn)),
      'least string': is('string', c.s.least(c.sn, 'B')),
      'greatest timestamp': is('timestamp', c.at.greatest(c.atn)),
    },
  },
  {
    of: 'BoolOps',
    cases: {
      and: is('boolean?', c.b.and(c.bn, true)),
      or: is('boolean', c.b.or(false)),
      not: is('boolean?', c.bn.not()),
    },
  },
  {
    of: 'NumOps',
    cases: {
      add: is('int?', c.i.add(c.in)),
      sub: is('double', c.d.sub(1)),
      mul: is('int', c.i.mul(2)),
      div: is('int', c.i.div(2)),
      mod: is('int', c.i.mod(4)),
      neg: is('double?', c.dn.neg()),
      abs: is('int?', c.in.abs()),
      sign: is('double', c.d.sign()),
      round: is('double', c.d.round()),
      floor: is('double', c.d.floor()),
      ceil: is('double', c.d.ceil()),
      trunc: is('double?', c.dn.trunc()),
      sqrt: is('double', c.d.abs().sqrt()),
      exp: is('double', c.d.exp()),
      ln: is('double', c.d.abs().ln()),
      log10: is('double?', c.dn.abs().log10()),
      pow: is('double?', c.d.abs().pow(c.in)),
    },
  },
  {
    of: 'NumOps on floats',
    cases: {
      add: is('float', c.f.add(c.f)),
      div: is('double', c.d.div(0.5)),
      mod: is('double', c.d.mod(2)),
      'round digits': is('double', c.d.round(1)),
      'round integer': is('double', c.i.round(-1)),
    },
  },
  {
    of: 'BigOps',
    cases: {
      add: is('bigint?', c.g.add(c.gn)),
      sub: is('bigint', c.g.sub(1n)),
      mul: is('bigint', c.g.mul(2)),
      div: is('bigint', c.g.div(2n)),
      mod: is('bigint', c.g.mod(4n)),
      neg: is('bigint?', c.gn.neg()),
      abs: is('bigint', c.g.abs()),
    },
  },
  {
    of: 'DecOps',
    cases: {
      add: is('decimal?', c.p.add(c.pn)),
      sub: is('decimal', c.p.sub('0.001')),
      mul: is('decimal', c.p.mul(0.908)),
      div: is('decimal', c.p.div(3)),
      mod: is('decimal', c.p.mod(5)),
      neg: is('decimal?', c.pn.neg()),
      abs: is('decimal?', c.pn.abs()),
      sign: is('decimal', c.p.sign()),
      round: is('decimal', c.p.round(1)),
      trunc: is('decimal', c.p.trunc()),
      floor: is('decimal?', c.pn.floor()),
      ceil: is('decimal', c.p.ceil()),
      sqrt: is('decimal', c.p.sqrt()),
      exp: is('decimal?', c.pn.exp()),
      ln: is('decimal', c.p.ln()),
      log10: is('decimal', c.p.log10()),
      pow: is('decimal', c.p.pow('0.5')),
      quotient: is('decimal', c.p.quotient(5)),
      gcd: is('decimal', c.p.gcd('7.5')),
      lcm: is('decimal', c.p.lcm(2)),
      widthBucket: is('int', c.p.widthBucket(0, 20, 4)),
      trimScale: is('decimal', c.p.trimScale()),
      scale: is('int?', c.p.scale()),
      minScale: is('int?', c.pn.minScale()),
    },
  },
  {
    of: 'StrOps',
    cases: {
      length: is('int?', c.sn.length()),
      upper: is('string?', c.sn.upper()),
      lower: is('string', c.s.lower()),
      trim: is('string?', c.sn.trim()),
      trimStart: is('string?', c.sn.trimStart()),
      trimEnd: is('string?', c.sn.trimEnd()),
      substring: is('string', c.s.substring(5, 3)),
      concat: is('string?', c.s.concat('-', c.sn)),
      replace: is('string', c.s.replace('l', 'L')),
      splitPart: is('string', c.s.splitPart('l', 2)),
      left: is('string', c.s.left(4)),
      right: is('string', c.s.right(-4)),
      repeat: is('string', c.s.repeat(2)),
      reverse: is('string?', c.sn.reverse()),
      padStart: is('string', c.s.padStart(10)),
      padEnd: is('string', c.s.padEnd(10, '.')),
      indexOf: is('int', c.s.indexOf('race')),
      byteLength: is('int?', c.sn.byteLength()),
      startsWith: is('boolean?', c.s.startsWith(c.sn)),
      endsWith: is('boolean', c.s.endsWith('race')),
      contains: is('boolean?', c.sn.contains('b')),
      like: is('boolean', c.s.like('M%c_')),
      ilike: is('boolean', c.s.ilike('%RACE')),
    },
  },
  {
    of: 'StrOps with nullable arguments',
    cases: {
      'substring count': is('string?', c.s.substring(1, c.in.abs())),
      'substring from': is('string', c.s.substring(5)),
      replace: is('string?', c.s.replace('l', c.sn)),
      splitPart: is('string?', c.s.splitPart(c.sn, 1)),
      padStart: is('string?', c.s.padStart(12, c.sn)),
      padEnd: is('string?', c.s.padEnd(12, c.sn)),
      padEndBare: is('string', c.s.padEnd(12)),
      like: is('boolean?', c.s.like(c.sn)),
      ilike: is('boolean?', c.s.ilike(c.sn)),
    },
  },
  {
    of: 'TimeOps',
    cases: {
      truncate: is('timestamp', c.at.truncate('hour')),
      extract: is('int', c.at.extract('year')),
      plus: is('timestamp', c.at.plus('10 minutes')),
      minus: is('timestamp?', c.atn.minus({ days: 1 })),
      since: is('int?', c.at.since(c.atn)),
      age: is('interval?', c.at.age(c.atn)),
    },
  },
  {
    of: 'TimeOps with intervals',
    cases: {
      'plus a month': is('timestamp', c.at.plus({ months: 1 })),
      'plus words': is('timestamp', c.at.plus('1 month 2 days')),
      'plus an expression': is('timestamp?', c.at.plus(c.vn)),
      'minus an expression': is('timestamp', c.at.minus(c.v)),
    },
  },
  {
    of: 'ClockOps',
    cases: {
      extract: is('int', c.t.extract('minute')),
      plus: is('time', c.t.plus('12 hours')),
      minus: is('time?', c.t.minus(c.vn)),
      since: is('int?', c.t.since(c.tn)),
    },
  },
  {
    of: 'IntervalOps',
    cases: {
      add: is('interval', c.v.add({ days: 1 })),
      sub: is('interval?', c.v.sub(c.vn)),
      mul: is('interval', c.v.mul(1.5)),
      div: is('interval', c.v.div(2)),
      neg: is('interval?', c.vn.neg()),
      extract: is('int', c.v.extract('month')),
      micros: is('int', c.v.micros()),
    },
  },
  {
    of: 'DateOps',
    cases: {
      truncate: is('timestamp', c.on.truncate('month')),
      extract: is('int', c.on.extract('doy')),
      addDays: is('date?', c.on.addDays(c.in)),
      daysSince: is('int?', c.on.daysSince(c.onn)),
    },
  },
  {
    of: 'ListOps',
    cases: {
      length: is('int?', c.ln.length()),
      at: is('string?', c.l.at(-1)),
      contains: is('boolean?', c.ln.contains(3)),
      concat: is('list', c.l.concat(['x'], c.l)),
      append: is('list?', c.l.append(c.sn)),
      slice: is('list', c.l.slice(1, -1)),
      sort: is('list?', c.ln.sort({ descending: true })),
      distinct: is('list', c.l.distinct()),
      reverse: is('list?', c.ln.reverse()),
      join: is('string', c.l.join('-')),
      min: is('string?', c.l.min()),
      max: is('int?', c.ln.max()),
      sum: is('int?', c.ln.sum()),
    },
  },
  {
    of: 'ListOps compared',
    cases: {
      eq: is('boolean', c.l.eq(['b', 'a', 'b'])),
      'gt nullable': is('boolean?', c.ln.gt([3])),
      isNull: is('boolean', c.ln.isNull()),
      coalesce: is('list', c.ln.coalesce([1, null])),
      'slice to the end': is('list', c.l.slice(1)),
      'sort up': is('list', c.l.sort()),
      'length of a split': is('int', split(c.s, 'l').length()),
      'split of what may be null': is('list?', split(c.sn, 'e')),
    },
  },
  {
    of: 'MapOps',
    cases: {
      eq: is('boolean', c.m.eq(new Map([['a', 1.5]]))),
      ne: is('boolean?', c.m.ne(c.m).and(c.mn.ne(c.mn))),
      get: is('double?', c.m.get('a')),
      has: is('boolean?', c.mn.has(7)),
      size: is('int', c.m.size()),
      keys: is('list?', c.mn.keys()),
      values: is('list', c.m.values()),
    },
  },
  {
    of: 'MathOps',
    cases: {
      cbrt: is('double', c.d.cbrt()),
      degrees: is('double?', c.dn.degrees()),
      radians: is('double', c.d.radians()),
      sin: is('double', c.d.sin()),
      cos: is('double?', c.in.cos()),
      tan: is('double', c.d.tan()),
      cot: is('double', c.d.cot()),
      asin: is('double', c.f.asin()),
      acos: is('double', c.f.acos()),
      atan: is('double', c.d.atan()),
      atan2: is('double?', c.d.atan2(c.in)),
      sind: is('double', c.d.mul(12).sind()),
      cosd: is('double', c.d.mul(24).cosd()),
      tand: is('double', c.d.mul(18).tand()),
      cotd: is('double', c.d.mul(18).cotd()),
      asind: is('double', c.f.asind()),
      acosd: is('double', c.f.acosd()),
      atand: is('double', c.i.atand()),
      atan2d: is('double', c.d.atan2d(1)),
      sinh: is('double', c.d.sinh()),
      cosh: is('double', c.d.cosh()),
      tanh: is('double?', c.dn.tanh()),
      asinh: is('double', c.d.asinh()),
      acosh: is('double', c.d.abs().add(1).acosh()),
      atanh: is('double', c.f.atanh()),
      factorial: is('int?', c.in.abs().factorial()),
      gcd: is('int?', c.i.gcd(c.in)),
      lcm: is('int', c.i.lcm(6)),
      widthBucket: is('int?', c.d.widthBucket(c.dn, 10, 4)),
      bitwiseAnd: is('int', c.i.bitwiseAnd(5)),
      bitwiseOr: is('int?', c.i.bitwiseOr(c.in)),
      bitwiseXor: is('int', c.i.bitwiseXor(1)),
      bitwiseNot: is('int?', c.in.bitwiseNot()),
      shiftLeft: is('int', c.i.shiftLeft(3)),
      shiftRight: is('int', c.i.shiftRight(1)),
      toHex: is('string', c.i.toHex()),
      toOct: is('string?', c.in.toOct()),
      toBin: is('string', c.i.toBin()),
      chr: is('string', c.i.add(100).chr()),
    },
  },
  {
    of: 'TextOps',
    cases: {
      initcap: is('string?', c.sn.initcap()),
      translate: is('string', c.s.translate('lr', 'L')),
      overlay: is('string?', c.s.overlay(c.sn, 2)),
      ascii: is('int', c.s.ascii()),
      bitLength: is('int?', c.sn.bitLength()),
      md5: is('string', c.s.md5()),
      decode: is('binary', lit('0102').decode('hex')),
      convertTo: is('binary?', c.sn.convertTo('UTF8')),
      regexpLike: is('boolean', c.s.regexpLike('L+r', 'i')),
      regexpReplace: is('string', c.s.regexpReplace('(l)', '<\\1>', 'g')),
      regexpCount: is('int?', c.sn.regexpCount('[a-z]', 2)),
      regexpInstr: is('int', c.s.regexpInstr('l', 1, 2)),
      regexpSubstr: is('string?', c.s.regexpSubstr('[a-z]+')),
      regexpMatch: is('list?', c.s.regexpMatch('(i)(l+)')),
      regexpSplitToArray: is('list', c.s.regexpSplitToArray('l+')),
      similarTo: is('boolean?', c.sn.similarTo('(M|m)%')),
      toDate: is('date', lit('29 Feb 2024').toDate('DD Mon YYYY')),
      toTimestamp: is('timestamp', lit('2024-02-29 12:30').toTimestamp('YYYY-MM-DD HH24:MI')),
      toNumber: is('decimal', lit('1,234.5').toNumber('9,999.9')),
    },
  },
  {
    of: 'MomentOps',
    cases: {
      dateBin: is('timestamp?', c.atn.dateBin('15 minutes', at('2024-01-01'))),
      atTimeZone: is('timestamp', c.at.atTimeZone('Europe/Berlin')),
      fromTimeZone: is('timestamp?', c.atn.fromTimeZone('Asia/Tokyo')),
      intervalSince: is('interval?', c.at.intervalSince(c.atn)),
    },
  },
  {
    of: 'MomentOps with expressions',
    cases: {
      dateBin: is('timestamp?', c.at.dateBin(c.at.intervalSince(c.at.minus('1 hour')), c.atn)),
      'dateBin in parts': is('timestamp', c.at.dateBin({ days: 7 }, c.at)),
    },
  },
  {
    of: 'Printed',
    cases: { toChar: is('string?', c.atn.toChar('YYYY-MM-DD HH24:MI:SS.US')) },
  },
  {
    of: 'Printed of other types',
    cases: {
      'toChar of a date': is('string', c.on.toChar('FMDay, DD Mon')),
      'toChar of an integer': is('string', c.i.toChar('S99')),
      'toChar of a double': is('string?', c.dn.toChar('90.00')),
      'toChar of a bigint': is('string', c.g.toChar('FM99')),
      'toChar of a decimal': is('string?', c.pn.toChar('90.00')),
      'toChar of an interval': is('string', c.v.toChar('DD HH24:MI')),
    },
  },
  {
    of: 'ArrayOps',
    cases: {
      position: is('int?', c.l.position('b', 2)),
      positions: is('list', c.l.positions('b')),
      remove: is('list?', c.ln.remove(3)),
      replaceElement: is('list?', c.l.replaceElement('b', c.sn)),
      containsAll: is('boolean?', c.ln.containsAll([1, 3])),
      overlaps: is('boolean', c.l.overlaps(['a', 'z'])),
      hasNull: is('boolean?', c.ln.hasNull()),
    },
  },
  {
    of: 'TextOps with nullable arguments',
    cases: {
      'overlay count': is('string', c.s.overlay('-', 2, 0)),
      regexpLike: is('boolean?', c.s.regexpLike(c.sn)),
      'regexpReplace once': is('string?', c.s.regexpReplace('l', c.sn)),
      'regexpSubstr second': is('string?', c.s.regexpSubstr('.', 2, 2)),
      regexpSplitToArray: is('list?', c.s.regexpSplitToArray(c.sn)),
    },
  },
  {
    of: 'ByteOps',
    cases: {
      bitLength: is('int?', c.xn.bitLength()),
      md5: is('string', c.x.md5()),
      encode: is('string', c.x.encode('base64')),
      convertFrom: is('string', c.x.convertFrom('UTF8')),
    },
  },
  { of: 'BinOps', cases: { byteLength: is('int?', c.xn.byteLength()) } },
  {
    of: 'JsonOps',
    cases: {
      get: is('json?', c.j.get('list')),
      text: is('string?', c.j.text('text')),
      jsonType: is('string?', c.jn.jsonType()),
      arrayLength: is('int?', c.j.get('list').arrayLength()),
    },
  },
  {
    of: 'helpers',
    cases: {
      and: is('boolean?', and(c.b, c.bn)),
      or: is('boolean?', or(c.b, c.bn, false)),
      not: is('boolean', not(c.b)),
      coalesce: is('int', coalesce(c.in, c.i)),
      concat: is('string?', concat(c.s, c.sn)),
      when: is('int?', when(c.b, c.i).when(c.bn, c.in).otherwise(null)),
      'when all': is('string', when(c.bn, 'a').otherwise('b')),
      lit: is('int', lit(5)),
      'lit null': is('date?', lit(null, 'date')),
      'lit double': is('double', lit(5, 'double')),
    },
  },
  {
    of: 'units',
    cases: Object.fromEntries([
      ...(['second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'] as const).flatMap(unit => [
        [`truncate ${unit}`, is('timestamp', c.at.truncate(unit))],
        [`truncate a date to ${unit}`, is('timestamp?', c.onn.truncate(unit))],
      ]),
      ...(
        ['year', 'quarter', 'month', 'week', 'day', 'dow', 'isodow', 'doy', 'hour', 'minute', 'second'] as const
      ).flatMap(field => [
        [`extract ${field}`, is('int', c.at.extract(field))],
        [`extract ${field} of a date`, is('int?', c.onn.extract(field))],
      ]),
    ]),
  },
]

const table = read.from(rows, { schema: Row })

/** The value that the interpreter gives for a row. */
function meaning(expr: Expr, row: Row): unknown {
  const values = Row.fields.map(({ name, type }): Value => {
    const value = row[name as keyof Row]
    if (value === null) return null
    if (type.kind === 'list' || type.kind === 'map') return cellsOf(type, value)
    if (type.kind === 'json') return JSON.stringify(value)
    if (type.kind === 'time') return timeOf(value) as bigint
    if (type.kind === 'interval') return intervalBytes(intervalOf(value) as IntervalParts)
    if (type.kind === 'uuid') return uuidOfText(value as string) as Uint8Array
    if (value instanceof Date)
      return type.kind === 'date' ? value.getTime() / 86_400_000 : BigInt(value.getTime()) * 1000n
    return type.kind === 'int' ? BigInt(value as number) : (value as Value)
  })
  return interpret(expr, [Row], values)
}

function cellsOf(type: T.ColumnType, value: unknown): Uint8Array {
  const out = new CellWriter()
  putValueOf(out, type, value, reason => assert.fail(reason))
  return out.slice()
}

/** The interpreter's value as rows have it. */
function asInRows(value: unknown, type: T.ColumnType): unknown {
  const { kind } = type
  if (value === null) return null
  const troubles = { unsafe: assert.fail as never, beyond: assert.fail as never }
  if (kind === 'list' || kind === 'map') return javaScriptOf(type, value as Uint8Array, troubles)
  if (kind === 'int') return Number(value)
  if (kind === 'timestamp') return new Date(Number((value as bigint) / 1000n))
  if (kind === 'date') return new Date(Number(value) * 86_400_000)
  if (kind === 'time') return clockText(value as bigint)
  if (kind === 'uuid') return uuidText(value as Uint8Array)
  if (kind === 'interval') {
    const { months, days, micros } = intervalParts(value as Uint8Array)
    return { months, days, micros: Number(micros) }
  }
  return kind === 'json' ? JSON.parse(value as string) : value
}

const groups = ordered(rowOf<Row>(Row))

for (const { of, cases } of groups)
  test(`methods: ${of}`, async () => {
    for (const [name, { planned, made }] of Object.entries(cases)) {
      const label = `${of}.${name}`
      const one = table.select(() => ({ value: made as T.NumExpr }))
      const { type, nullable } = one.schema.fields[0] as T.Field
      assert.equal(`${type.kind}${nullable ? '?' : ''}`, planned, label)
      const got = (await one.collect()).map(each => each.value as unknown)
      const expected = rows.map(row => asInRows(meaning(nodeOf(made) as Expr, row), type))
      assert.deepEqual(got, expected, label)
    }
  })

/** The methods that an interface declares, by the text of its file. */
function declared(text: string, name: string): string[] {
  const body = new RegExp(`^(?:export )?interface ${name}<[\\s\\S]*?\\{\n([\\s\\S]*?)^\\}`, 'm').exec(text)?.[1] ?? ''
  return [...body.matchAll(/^ {2}(\w+)[<(]/gm)]
    .map(found => found[1] as string)
    .filter(each => !/^(asc|desc)$/.test(each))
}

test('every method of every expression type has a case', () => {
  const text = [
    'expression',
    'decimal-expression',
    'list-expression',
    'math-expression',
    'text-expression',
    'time-expression',
  ]
    .map(name => readFileSync(new URL(`../../src/types/${name}.ts`, import.meta.url), 'utf8'))
    .join('\n')
  const interfaces = [...text.matchAll(/^(?:export )?interface (\w+)<[^{]*\bN extends null/gm)].map(
    found => found[1] as string,
  )
  assert.deepEqual(interfaces, [
    'Whatever',
    'Equal',
    'Ordered',
    'BoolOps',
    'NumOps',
    'BigOps',
    'StrOps',
    'ListOps',
    'MapOps',
    'TimeOps',
    'ClockOps',
    'IntervalOps',
    'DateOps',
    'BinOps',
    'JsonOps',
    'DecOps',
    'ArrayOps',
    'MathOps',
    'TextOps',
    'ByteOps',
    'MomentOps',
    'Printed',
  ])
  for (const name of interfaces) {
    const group = groups.find(each => each.of === name)
    assert.deepEqual(Object.keys(group?.cases ?? {}), declared(text, name), name)
  }
  const all = interfaces.flatMap(name => declared(text, name))
  const extra = Object.keys(methods).filter(each => !all.includes(each) && each !== 'asc' && each !== 'desc')
  assert.deepEqual(extra, [])
})
