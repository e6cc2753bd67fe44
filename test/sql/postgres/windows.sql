select id, row_number() over (partition by k order by id desc) from a;
select k, rank() over (order by count(*) desc) from a group by k;
select * from (select id, k, row_number() over (partition by k order by id) as rn from a) q where rn = 1;
select distinct on (k) k, id from a order by k, id desc;
select id from a order by k fetch first 1 rows with ties;
select id, dense_rank() over w, rank() over w from a window w as (order by k nulls first);
select id from a where id in (select id from b order by id limit 2);
select max(rn) from (select row_number() over (order by id) rn from a) q;
select id from a limit 0;
