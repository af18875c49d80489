-- postgres
select "g2"."g2k0" as "c0", "g2"."g2m0" as "c1", "g2"."g2m1" as "c2", "g2"."g2m2" as "c3"
  from (select date_trunc('month', ("t1"."planned")::timestamp)::date as "g2k0", count(*) as "g2m0", count(distinct "t1"."项目名称"::text collate "C") as "g2m1", max("t1"."invest"::numeric) as "g2m2"
  from "project" as "t1"
  group by 1) as "g2"
  where "g2"."g2m0" > $1::bigint
  order by "g2"."g2k0" nulls first
  limit 12

-- mysql
select `g2`.`g2k0` as `c0`, `g2`.`g2m0` as `c1`, `g2`.`g2m1` as `c2`, `g2`.`g2m2` as `c3`
  from (select cast(date_format(`t1`.`planned`, '%Y-%m-01') as date) as `g2k0`, count(*) as `g2m0`, count(distinct (`t1`.`项目名称` collate utf8mb4_nopad_bin)) as `g2m1`, max(`t1`.`invest`) as `g2m2`
  from `project` as `t1`
  group by 1) as `g2`
  where `g2`.`g2m0` > ?
  order by `g2`.`g2k0`
  limit 12

-- sqlite
select "g2"."g2k0" as "c0", "g2"."g2m0" as "c1", "g2"."g2m1" as "c2", "g2"."g2m2" as "c3"
  from (select (substr(cast("t1"."planned" as text) collate binary, 1, 7) || '-01') as "g2k0", count(*) as "g2m0", count(distinct "t1"."项目名称" collate binary) as "g2m1", hub_dec_of_key(max(hub_dec_key(hub_decimal("t1"."invest")))) as "g2m2"
  from "project" as "t1"
  group by 1) as "g2"
  where ("g2"."g2m0") > (cast(? as integer))
  order by ("g2"."g2k0")
  limit 12
