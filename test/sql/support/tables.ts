// The tables that queries of the corpora are over: for PostgreSQL, and as rows.
import { read, t } from '../../../src/index.ts'

export const setUp = `
CREATE TABLE a (id bigint NOT NULL, k bigint, x double precision, s text COLLATE "C");
INSERT INTO a VALUES (1, 1, 1.5, 'one'), (2, 1, NULL, NULL), (3, NULL, 2.5, 'three'), (4, 2, -1, 'four');
CREATE TABLE b (id bigint NOT NULL, a bigint, y bigint);
INSERT INTO b VALUES (1, 1, 10), (2, 1, 20), (3, 3, NULL), (4, NULL, 5);
`

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
}
