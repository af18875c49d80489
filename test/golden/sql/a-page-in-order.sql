-- postgres
select "t1"."code"::text as "c0", "t1"."项目名称"::text as "c1", "t1"."invest"::numeric as "c2"
  from "project" as "t1"
  where "t1"."invest"::numeric >= $1::numeric
  order by "t1"."invest"::numeric desc, "t1"."code"::text collate "C"
  limit 20 offset 40

-- mysql
select (`t1`.`code` collate utf8mb4_nopad_bin) as `c0`, (`t1`.`项目名称` collate utf8mb4_nopad_bin) as `c1`, `t1`.`invest` as `c2`
  from `project` as `t1`
  where `t1`.`invest` >= ?
  order by `t1`.`invest` desc, (`t1`.`code` collate utf8mb4_nopad_bin)
  limit 20 offset 40

-- sqlite
select "t1"."code" collate binary as "c0", "t1"."项目名称" collate binary as "c1", hub_decimal("t1"."invest") as "c2"
  from "project" as "t1"
  where hub_dec_key(hub_decimal("t1"."invest")) >= hub_dec_key(?)
  order by hub_dec_key(hub_decimal("t1"."invest")) desc, ("t1"."code" collate binary)
  limit 20 offset 40
