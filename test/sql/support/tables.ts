// The tables that queries of the corpora are over: for PostgreSQL, and as rows.
import { type Day, read, t } from '../../../src/index.ts'

export const setUp = `
CREATE TABLE a (id bigint NOT NULL, k bigint, x double precision, s text COLLATE "C");
INSERT INTO a VALUES (1, 1, 1.5, 'one'), (2, 1, NULL, NULL), (3, NULL, 2.5, 'three'), (4, 2, -1, 'four');
CREATE TABLE b (id bigint NOT NULL, a bigint, y bigint);
INSERT INTO b VALUES (1, 1, 10), (2, 1, 20), (3, 3, NULL), (4, NULL, 5);
CREATE TABLE e (id bigint NOT NULL, g text COLLATE "C", v bigint, x double precision, at timestamptz NOT NULL, d date, yes boolean);
INSERT INTO e VALUES
(1, 'a', 5, 0.5, '2026-01-01T00:00:00Z', '2026-01-01', true),
(2, 'a', 5, 1.25, '2026-01-01T00:00:30Z', '2026-01-02', false),
(3, 'b', NULL, -2, '2026-01-01T00:01:00Z', '2026-01-02', NULL),
(4, NULL, 7, NULL, '2026-01-01T00:01:00Z', NULL, true),
(5, 'b', 2, 10, '2026-01-01T00:10:00Z', '2026-02-01', true),
(6, 'a', 9, 3, '2026-01-01T01:00:00Z', '2026-01-09', NULL),
(7, 'b', 2, 4.5, '2026-01-01T01:00:10Z', '2026-02-28', false),
(8, 'a', NULL, 0.5, '2026-01-02T00:00:00Z', '2026-01-04', false),
(9, NULL, 1, 8, '2026-01-02T12:34:56.789Z', '2026-03-31', true);
CREATE TABLE n (id bigint NOT NULL, k bigint, v numeric, p numeric(10,2), q numeric(12,4), d double precision);
INSERT INTO n VALUES
(1, 1, 1.10, 12.50, 0.0001, 1.5),
(2, 1, 1.1, 100.50, 12.5000, -2),
(3, 2, 2.5, NULL, 3.3333, 0),
(4, 2, 'NaN', -7.25, NULL, 10),
(5, NULL, 'Infinity', 12.50, -0.5, NULL),
(6, 3, 123456.789, 0.00, 100.5, 0.25),
(7, 1, NULL, 20, 20, 3),
(8, 2, -0.001, 33.33, 33.33, 7);
CREATE TABLE none (id bigint NOT NULL, v bigint, s text COLLATE "C");
`

const day = (text: string): Day => new Date(text)
const time = (text: string): Date => new Date(text)

export const tables = {
  a: read.from(
    [
      { id: 1, k: 1, x: 1.5, s: 'one' },
      { id: 2, k: 1, x: null, s: null },
      { id: 3, k: null, x: 2.5, s: 'three' },
      { id: 4, k: 2, x: -1, s: 'four' },
    ],
    { schema: t.row({ id: t.int(), k: t.int().nullable(), x: t.double().nullable(), s: t.string().nullable() }) },
  ),
  b: read.from(
    [
      { id: 1, a: 1, y: 10 },
      { id: 2, a: 1, y: 20 },
      { id: 3, a: 3, y: null },
      { id: 4, a: null, y: 5 },
    ],
    { schema: t.row({ id: t.int(), a: t.int().nullable(), y: t.int().nullable() }) },
  ),
  e: read.from(
    [
      { id: 1, g: 'a', v: 5, x: 0.5, at: time('2026-01-01T00:00:00Z'), d: day('2026-01-01'), yes: true },
      { id: 2, g: 'a', v: 5, x: 1.25, at: time('2026-01-01T00:00:30Z'), d: day('2026-01-02'), yes: false },
      { id: 3, g: 'b', v: null, x: -2, at: time('2026-01-01T00:01:00Z'), d: day('2026-01-02'), yes: null },
      { id: 4, g: null, v: 7, x: null, at: time('2026-01-01T00:01:00Z'), d: null, yes: true },
      { id: 5, g: 'b', v: 2, x: 10, at: time('2026-01-01T00:10:00Z'), d: day('2026-02-01'), yes: true },
      { id: 6, g: 'a', v: 9, x: 3, at: time('2026-01-01T01:00:00Z'), d: day('2026-01-09'), yes: null },
      { id: 7, g: 'b', v: 2, x: 4.5, at: time('2026-01-01T01:00:10Z'), d: day('2026-02-28'), yes: false },
      { id: 8, g: 'a', v: null, x: 0.5, at: time('2026-01-02T00:00:00Z'), d: day('2026-01-04'), yes: false },
      { id: 9, g: null, v: 1, x: 8, at: time('2026-01-02T12:34:56.789Z'), d: day('2026-03-31'), yes: true },
    ],
    {
      schema: t.row({
        id: t.int(),
        g: t.string().nullable(),
        v: t.int().nullable(),
        x: t.double().nullable(),
        at: t.timestamp(),
        d: t.date().nullable(),
        yes: t.boolean().nullable(),
      }),
      time: 'at',
    },
  ),
  n: read.from(
    [
      { id: 1, k: 1, v: '1.10', p: '12.50', q: '0.0001', d: 1.5 },
      { id: 2, k: 1, v: '1.1', p: '100.50', q: '12.5000', d: -2 },
      { id: 3, k: 2, v: '2.5', p: null, q: '3.3333', d: 0 },
      { id: 4, k: 2, v: 'NaN', p: '-7.25', q: null, d: 10 },
      { id: 5, k: null, v: 'Infinity', p: '12.50', q: '-0.5', d: null },
      { id: 6, k: 3, v: '123456.789', p: '0.00', q: '100.5', d: 0.25 },
      { id: 7, k: 1, v: null, p: '20', q: '20', d: 3 },
      { id: 8, k: 2, v: '-0.001', p: '33.33', q: '33.33', d: 7 },
    ],
    {
      schema: t.row({
        id: t.int(),
        k: t.int().nullable(),
        v: t.decimal().nullable(),
        p: t.decimal(10, 2).nullable(),
        q: t.decimal(12, 4).nullable(),
        d: t.double().nullable(),
      }),
    },
  ),
  none: read.from([], { schema: t.row({ id: t.int(), v: t.int().nullable(), s: t.string().nullable() }) }),
}
