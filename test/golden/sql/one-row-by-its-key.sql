-- postgres
select "t1"."code"::text as "c0", "t1"."项目名称"::text as "c1", "t1"."invest"::numeric as "c2"
  from "project" as "t1"
  where "t1"."code"::text = $1::text
  limit $2::bigint

-- mysql
select (`t1`.`code` collate utf8mb4_nopad_bin) as `c0`, (`t1`.`项目名称` collate utf8mb4_nopad_bin) as `c1`, `t1`.`invest` as `c2`
  from `project` as `t1`
  where (`t1`.`code` = ? and (`t1`.`code` collate utf8mb4_nopad_bin) = ?)
  limit ?

-- sqlite
select "t1"."code" collate binary as "c0", "t1"."项目名称" collate binary as "c1", hub_decimal("t1"."invest") as "c2"
  from "project" as "t1"
  where ("t1"."code" collate binary) = (?)
  limit ?
