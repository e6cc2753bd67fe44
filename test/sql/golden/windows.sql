create table visits (who text, page text not null, ms bigint, at timestamptz not null);
-- event time: visits.at
insert into visits values
  ('ann', '/', 5, '2026-01-01T12:00:00Z'),
  ('ann', '/a', 7, '2026-01-01T12:03:00Z'),
  ('bob', '/', null, '2026-01-01T12:03:30Z'),
  (null, '/b', 1, '2026-01-01T12:04:59.999Z'),
  ('ann', '/', 2, '2026-01-01T12:30:00Z'),
  ('bob', '/a', 9, '2026-01-01T12:31:00Z'),
  ('bob', '/b', 4, '2026-01-01T12:31:10Z'),
  ('cem', '/', 3, '2026-01-01T13:00:00Z');

select window_start, window_end, count(*), sum(ms) from tumble(visits, at, '5 minutes') group by window_start, window_end;
-- 2026-01-01T12:00:00.000Z|2026-01-01T12:05:00.000Z|4|13
-- 2026-01-01T12:30:00.000Z|2026-01-01T12:35:00.000Z|3|15
-- 2026-01-01T13:00:00.000Z|2026-01-01T13:05:00.000Z|1|3
select window_start, count(*) from visits group by tumble(at, '1 hour');
-- 2026-01-01T12:00:00.000Z|7
-- 2026-01-01T13:00:00.000Z|1
select who, window_end, max(ms) from tumble(visits, at, interval '30' minute) group by who, window_end;
-- ann|2026-01-01T12:30:00.000Z|7
-- ann|2026-01-01T13:00:00.000Z|2
-- bob|2026-01-01T12:30:00.000Z|∅
-- bob|2026-01-01T13:00:00.000Z|9
-- cem|2026-01-01T13:30:00.000Z|3
-- ∅|2026-01-01T12:30:00.000Z|1
select window_start, count(*) from tumble(visits, at, '1 hour', '10 minutes') group by window_start;
-- 2026-01-01T11:10:00.000Z|4
-- 2026-01-01T12:10:00.000Z|4
select window_start, window_end, count(*) from hop(visits, at, '15 minutes', '30 minutes') group by 1, 2;
-- 2026-01-01T11:45:00.000Z|2026-01-01T12:15:00.000Z|4
-- 2026-01-01T12:00:00.000Z|2026-01-01T12:30:00.000Z|4
-- 2026-01-01T12:15:00.000Z|2026-01-01T12:45:00.000Z|3
-- 2026-01-01T12:30:00.000Z|2026-01-01T13:00:00.000Z|3
-- 2026-01-01T12:45:00.000Z|2026-01-01T13:15:00.000Z|1
-- 2026-01-01T13:00:00.000Z|2026-01-01T13:30:00.000Z|1
select page, window_start, count(distinct who) from hop(visits, at, '30 minutes', '1 hour') where ms is not null group by page, window_start;
-- /a|2026-01-01T11:30:00.000Z|1
-- /a|2026-01-01T12:00:00.000Z|2
-- /a|2026-01-01T12:30:00.000Z|1
-- /b|2026-01-01T11:30:00.000Z|0
-- /b|2026-01-01T12:00:00.000Z|1
-- /b|2026-01-01T12:30:00.000Z|1
-- /|2026-01-01T11:30:00.000Z|1
-- /|2026-01-01T12:00:00.000Z|1
-- /|2026-01-01T12:30:00.000Z|2
-- /|2026-01-01T13:00:00.000Z|1
select window_start, window_end, count(*) from cumulate(visits, at, '20 minutes', '1 hour') group by window_start, window_end;
-- 2026-01-01T12:00:00.000Z|2026-01-01T12:20:00.000Z|4
-- 2026-01-01T12:00:00.000Z|2026-01-01T12:40:00.000Z|7
-- 2026-01-01T12:00:00.000Z|2026-01-01T13:00:00.000Z|7
-- 2026-01-01T13:00:00.000Z|2026-01-01T13:20:00.000Z|1
-- 2026-01-01T13:00:00.000Z|2026-01-01T13:40:00.000Z|1
-- 2026-01-01T13:00:00.000Z|2026-01-01T14:00:00.000Z|1
select who, window_start, window_end, count(*) as pages from session(visits, at, '5 minutes', who) group by who, window_start, window_end;
-- ann|2026-01-01T12:00:00.000Z|2026-01-01T12:08:00.000Z|2
-- ann|2026-01-01T12:30:00.000Z|2026-01-01T12:35:00.000Z|1
-- bob|2026-01-01T12:03:30.000Z|2026-01-01T12:08:30.000Z|1
-- bob|2026-01-01T12:31:00.000Z|2026-01-01T12:36:10.000Z|2
-- cem|2026-01-01T13:00:00.000Z|2026-01-01T13:05:00.000Z|1
-- ∅|2026-01-01T12:04:59.999Z|2026-01-01T12:09:59.999Z|1
select window_start, window_end, count(*), min(page) from session(visits, at, '2 minutes') group by window_start, window_end;
-- 2026-01-01T12:00:00.000Z|2026-01-01T12:02:00.000Z|1|/
-- 2026-01-01T12:03:00.000Z|2026-01-01T12:06:59.999Z|3|/
-- 2026-01-01T12:30:00.000Z|2026-01-01T12:33:10.000Z|3|/
-- 2026-01-01T13:00:00.000Z|2026-01-01T13:02:00.000Z|1|/
select window_start, count(*) from visits group by tumble(at, '1 hour') having count(*) > 1;
-- 2026-01-01T12:00:00.000Z|7
select who, page, window_start from tumble(visits, at, '1 hour') where who = 'ann';
-- ann|/a|2026-01-01T12:00:00.000Z
-- ann|/|2026-01-01T12:00:00.000Z
-- ann|/|2026-01-01T12:00:00.000Z
select q.n, count(*) from (select window_start, count(*) as n from visits group by tumble(at, '5 minutes')) q group by q.n;
-- 1|1
-- 3|1
-- 4|1
select v.who, w.who from visits v join visits w on v.page = w.page and w.at between v.at - interval '5 minutes' and v.at and v.who <> w.who;
-- bob|ann
select window_start, count(*) from tumble(visits, at, '0 minutes') group by window_start;
-- refused BAD_VERB
-- BAD_VERB: window: the window has no length (SQL line 1, at 'tumble(visits,'). To fix: write { tumbling: '1 hour' }.
select window_start, count(*) from hop(visits, at, '7 minutes') group by window_start;
-- refused SQL_INVALID
-- SQL_INVALID: hop was given 3 arguments
-- line 1, column 36:
--   select window_start, count(*) from hop(visits, at, '7 minutes') group by window_start
--                                      ^
--  (SQL line 1, at 'hop(visits,'). To fix: write hop(table, time, slide, size [, offset] [, accept => late]).
select * from tumble(visits, nothing, '1 minute');
-- refused SQL_INVALID
-- SQL_INVALID: nothing is not the event time of the table
-- line 1, column 30:
--   select * from tumble(visits, nothing, '1 minute')
--                                ^
--  (SQL line 1, at 'nothing,'). To fix: write at.
select * from session(visits, at);
-- refused SQL_INVALID
-- SQL_INVALID: session was given 2 arguments
-- line 1, column 15:
--   select * from session(visits, at)
--                 ^
--  (SQL line 1, at 'session(visits,'). To fix: write session(table, time, gap [, key …] [, accept => late]).
select * from tumbel(visits, at, '1 minute');
-- refused SQL_INVALID
-- SQL_INVALID: there is no table function tumbel
-- line 1, column 15:
--   select * from tumbel(visits, at, '1 minute')
--                 ^
--  (SQL line 1, at 'tumbel(visits,'). To fix: there are: tumble, hop, cumulate, session.
