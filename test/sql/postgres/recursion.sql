with recursive t(n) as (select 1 union all select n + 1 from t where n < 10) select * from t;
with recursive t(n) as (values (1) union select n + 1 from t where n < 5) select sum(n) from t;
with recursive reach(node) as (select id from a where id = 1 union select b.id from reach r join b on b.a = r.node) select * from reach;
with recursive fib(a, b) as (select 0, 1 union all select b, a + b from fib where b < 100) select a from fib;
with recursive t as (select 1 as n), u as (select n + 1 as m from t) select * from u;
with recursive t(n) as (select n from t) select * from t;
with recursive t(n, path) as (select 1, 'a' union all select n + 1, path || 'b' from t where n < 4) select * from t;
