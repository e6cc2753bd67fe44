-- What random queries have found (test/sql/random.test.ts), each made small.
select 1 as one from a full join b on a.id = b.a where lpad('longer', 2, '.') like '%a%';
select 1 as one from a right join b on a.id = b.a where 'x' = 'y';
select 1 as one from a left join b on a.id = b.a where 'x' = 'y';
select -2.25 / nullif(null::numeric, 0), 7 / nullif(null::bigint, 0), nullif(null::text, 'a') || 'b';
select case when true then null else null::bigint end + 1;
select id, (select count(*) from b join b c on b.id = c.id and b.a = a.id) from a;
select id, (select count(c.id) from b left join b c on b.id = c.id and b.y > a.id * 6) from a;
select id, (select count(b.id) from b right join b c on b.id = c.id and b.y > a.id * 6) from a;
select id, (select count(*) from b join (select id from a c where c.k = a.k) d on b.a = d.id) from a;
select id, (select count(*) from b left join (select id from a c where c.k = a.k) d on b.a = d.id) from a;
select id, (select max(b.y) from b join b c on b.a = a.id, b d where d.id = a.id) from a;
select id, exists (select 1 from b join b c on b.y > a.x and c.y < a.k * 11) from a;
select id from a where exists ((select a.k) intersect (select a from b where b.y > a.x));
select id, (select max(m) from ((select a.k as m) union all (select y from b where b.a = a.id)) q) from a;
select id from a where s is distinct from 'one' or s is not distinct from 'a, b';
