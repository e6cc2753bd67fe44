create table item (id bigint primary key, name text not null, price numeric(8, 2), added date);
insert into item values (1, 'tea', 3.50, '2026-01-01'), (2, 'cake', 4.25, null), (3, 'tea', null, '2026-02-01');

describe item;
-- id|int|no
-- name|string|no
-- price|decimal(8, 2)|yes
-- added|date|yes
describe /* its columns */ select name, sum(price) as total from item group by name;
-- name|string|no
-- total|decimal(36, 2)|yes
explain select name, count(*) from item where price > 1 group by name;
-- plan
--                                        changes  key   event time  state   guarantee
-- select name, count = agg_0             update   name  -           none    exactly once
-- └─ aggregate by name: agg_0 = count()  update   name  -           ≤ keys  exactly once
--    └─ where price > 1                  update   -     -           none    exactly once
--       └─ memory item (never ends)      update   -     -           none    exactly once
-- 
-- rules applied: push-filter-source, push-projection
--                                                                       changes  key   event time  state   guarantee
-- select name, count = agg_0                                            update   name  -           none    exactly once
-- └─ aggregate by name: agg_0 = count()                                 update   name  -           ≤ keys  exactly once
--    └─ memory item (never ends), columns name, price, where price > 1  update   -     -           none    exactly once
-- 
-- stages
--          tasks  operators
-- stage-1  1      filter-1 → project-1
-- stage-2  1      aggregate-1 → select-1 → view-1 → sink-1
explain select i.name, j.id from item i left join item j on j.name = i.name and j.id < i.id;
-- plan
--                                          changes  key  event time  state      guarantee
-- select name, id = "j.id"                 update   -    -           none       exactly once
-- └─ left join on name = name AND id < id  update   -    -           UNBOUNDED  exactly once
--    ├─ #1 memory item (never ends)        update   -    -           none       exactly once
--    └─ #1 (as above)
-- 
-- rules applied: push-projection
--                                                      changes  key  event time  state      guarantee
-- select name, id = "j.id"                             update   -    -           none       exactly once
-- └─ left join on name = name AND id < id              update   -    -           UNBOUNDED  exactly once
--    ├─ #1 memory item (never ends), columns id, name  update   -    -           none       exactly once
--    └─ #1 (as above)
-- 
-- stages
--          tasks  operators
-- stage-1  1      join-1 → select-1 → select-2 → view-1 → sink-1
explain select * from (select *, row_number() over (partition by name order by id) as n from item) q where n = 1;
-- plan
--                                                     changes  key   event time  state      guarantee
-- select id, name, price, added, n                    update   name  -           none       exactly once
-- └─ where n = 1                                      update   name  -           none       exactly once
--    └─ select id, name, price, added, n = over_0     update   name  -           none       exactly once
--       └─ row_number up to 1 per per_0 = name by id  update   name  -           UNBOUNDED  exactly once
--          └─ memory item (never ends)                update   -     -           none       exactly once
-- 
-- rules applied: push-filter-select, merge-selects
--                                                  changes  key   event time  state      guarantee
-- select id, name, price, added, n = over_0        update   name  -           none       exactly once
-- └─ where over_0 = 1                              update   name  -           none       exactly once
--    └─ row_number up to 1 per per_0 = name by id  update   name  -           UNBOUNDED  exactly once
--       └─ memory item (never ends)                update   -     -           none       exactly once
-- 
-- stages
--          tasks  operators
-- stage-1  1      rank-1 → filter-1 → select-1 → view-1 → sink-1
show tables;
-- item|table
select name, count(*) from item group by name order by name;
-- cake|1
-- tea|2
update item set price = price * 2 where name = 'tea';
-- UPDATE 2
select id, price from item order by id;
-- 1|7.00
-- 2|4.25
-- 3|∅
delete from item where id = 2;
-- DELETE 1
insert into item values (1, 'again', 1, null);
-- refused DUPLICATE_KEY
-- DUPLICATE_KEY: the table item would have two rows with the key id = 1. To fix: write ON CONFLICT DO NOTHING, or UPDATE the row that is there.
insert into item values (4, null, 1, null);
-- refused BAD_VALUE
-- BAD_VALUE: the value null does not fit column name of type string: the column is not nullable. To fix: correct the value or declare the column with a type that holds it.
insert into item values (4, 'toast', 1.005, '2026-03-01') on conflict do nothing;
-- INSERT 0 1
select * from item order by id;
-- 1|tea|7.00|2026-01-01T00:00:00.000Z
-- 3|tea|∅|2026-02-01T00:00:00.000Z
-- 4|toast|1.01|2026-03-01T00:00:00.000Z
select nme from item;
-- refused SQL_INVALID
-- SQL_INVALID: there is no column nme
-- line 1, column 8:
--   select nme from item
--          ^
--  (SQL line 1, at 'nme'). To fix: did you mean name? (there are: id, name, price, added).
select * from itm;
-- refused SQL_INVALID
-- SQL_INVALID: there is no table itm
-- line 1, column 15:
--   select * from itm
--                 ^
--  (SQL line 1, at 'itm'). To fix: did you mean item? (there are: item).
selec 1;
-- refused SQL_SYNTAX
-- SQL_SYNTAX: syntax error at or near "selec"
-- line 1, column 1:
--   selec 1
--   ^
--  (SQL line 1, at 'selec'). To fix: correct the text; the grammar is that of PostgreSQL.
