-- postgres
select "t1"."code"::text as "c0", "t1"."项目名称"::text as "c1", "t1"."invest"::numeric as "c2"
  from "project" as "t1"
  where ("t1"."code"::text collate "C" like $1::text or not (strpos(lower("t1"."项目名称"::text collate "C"), lower($2::text collate "C")) > 0))
  order by "t1"."code"::text collate "C"
  limit $3::bigint

-- mysql
select (`t1`.`code` collate utf8mb4_nopad_bin) as `c0`, (`t1`.`项目名称` collate utf8mb4_nopad_bin) as `c1`, `t1`.`invest` as `c2`
  from `project` as `t1`
  where ((`t1`.`code` collate utf8mb4_nopad_bin) like ? or not ((`t1`.`项目名称` collate utf8mb4_nopad_bin) regexp ?))
  order by (`t1`.`code` collate utf8mb4_nopad_bin)
  limit ?

-- sqlite
select "t1"."code" collate binary as "c0", "t1"."项目名称" collate binary as "c1", hub_decimal("t1"."invest") as "c2"
  from "project" as "t1"
  where (substr("t1"."code" collate binary, 1, length(?)) = (?) or not (instr(lower("t1"."项目名称" collate binary), lower(?)) > 0))
  order by ("t1"."code" collate binary)
  limit ?
