// The tables that queries of the corpora are over, as statements for both sides.

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
