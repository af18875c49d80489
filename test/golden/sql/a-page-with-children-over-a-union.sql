-- postgres
select "d2"."d2x1" as "c0", "d2"."d2x2" as "c1", "d2"."d2x3" as "c2", (select coalesce(json_agg("l8"."j"), '[]'::json)
  from (select json_build_array(("u5"."u5x1")::text, ((("u5"."u5x2")::numeric * $1::numeric))::text) as "j"
  from (select *
  from (select "t3"."paid"::text as "u5x0", "t3"."id" as "u5x1", "t3"."cents" as "u5x2"
  from "czgk"."pay_2023" as "t3"
  where "t3"."code"::text = "d2"."d2x1"
  order by "t3"."paid"::text collate "C" desc nulls last, "t3"."id"
  limit 3) as "b6"
  union all select *
  from (select "t4"."paid"::text as "u5x0", "t4"."id" as "u5x1", "t4"."cents" as "u5x2"
  from "czgk"."pay_2024" as "t4"
  where "t4"."code"::text = "d2"."d2x1"
  order by "t4"."paid"::text collate "C" desc nulls last, "t4"."id"
  limit 3) as "b7") as "u5"
  order by "u5"."u5x0" collate "C" desc nulls last, "u5"."u5x1" nulls first
  limit 3) as "l8") as "c3"
  from (select "t1"."code"::text as "d2x0", "t1"."code"::text as "d2x1", "t1"."项目名称"::text as "d2x2", "t1"."invest"::numeric as "d2x3"
  from "project" as "t1"
  order by "t1"."code"::text collate "C"
  limit 20) as "d2"
  order by "d2"."d2x0" collate "C"

-- mysql
select `d2`.`d2x2` as `c0`, `d2`.`d2x3` as `c1`, `d2`.`d2x4` as `c2`, coalesce(`c11`.`j`, ?) as `c3`
  from (select (`t1`.`code` collate utf8mb4_nopad_bin) as `d2x0`, (`t1`.`code` collate utf8mb4_nopad_bin) as `d2x1`, (`t1`.`code` collate utf8mb4_nopad_bin) as `d2x2`, (`t1`.`项目名称` collate utf8mb4_nopad_bin) as `d2x3`, `t1`.`invest` as `d2x4`
  from `project` as `t1`
  order by (`t1`.`code` collate utf8mb4_nopad_bin), (`t1`.`code` collate utf8mb4_nopad_bin)
  limit 20) as `d2`
  left join (select `d10`.`d10x0` as `k0`, coalesce(concat('[', coalesce(group_concat(coalesce(concat('[', coalesce(concat('"', `d10`.`d10x1`, '"'), 'null'), ',', coalesce(concat('"', (cast(`d10`.`d10x2` as decimal(20, 0)) * ?), '"'), 'null'), ']'), 'too large')
  order by `d10`.`d10rank` separator ','), ''), ']'), 'too large') as `j`
  from (select `u7`.`u7x0` as `d10x0`, `u7`.`u7x2` as `d10x1`, `u7`.`u7x3` as `d10x2`, row_number() over (partition by `u7`.`u7x0`
  order by `u7`.`u7x1` desc, `u7`.`u7x2`) as `d10rank`
  from (select `k8`.`k0` as `u7x0`, (`t5`.`paid` collate utf8mb4_nopad_bin) as `u7x1`, `t5`.`id` as `u7x2`, `t5`.`cents` as `u7x3`
  from (select distinct `d4`.`d4x2` as `k0`
  from (select (`t3`.`code` collate utf8mb4_nopad_bin) as `d4x0`, (`t3`.`code` collate utf8mb4_nopad_bin) as `d4x1`, (`t3`.`code` collate utf8mb4_nopad_bin) as `d4x2`
  from `project` as `t3`
  order by (`t3`.`code` collate utf8mb4_nopad_bin), (`t3`.`code` collate utf8mb4_nopad_bin)
  limit 20) as `d4`) as `k8` straight_join `czgk`.`pay_2023` as `t5`
  where (`t5`.`code` = json_unquote(json_quote(`k8`.`k0`)) and (`t5`.`code` collate utf8mb4_nopad_bin) = `k8`.`k0`)
  union all select `k9`.`k0` as `u7x0`, (`t6`.`paid` collate utf8mb4_nopad_bin) as `u7x1`, `t6`.`id` as `u7x2`, `t6`.`cents` as `u7x3`
  from (select distinct `d4`.`d4x2` as `k0`
  from (select (`t3`.`code` collate utf8mb4_nopad_bin) as `d4x0`, (`t3`.`code` collate utf8mb4_nopad_bin) as `d4x1`, (`t3`.`code` collate utf8mb4_nopad_bin) as `d4x2`
  from `project` as `t3`
  order by (`t3`.`code` collate utf8mb4_nopad_bin), (`t3`.`code` collate utf8mb4_nopad_bin)
  limit 20) as `d4`) as `k9` straight_join `czgk`.`pay_2024` as `t6`
  where (`t6`.`code` = json_unquote(json_quote(`k9`.`k0`)) and (`t6`.`code` collate utf8mb4_nopad_bin) = `k9`.`k0`)) as `u7`) as `d10`
  where `d10`.`d10rank` <= 3
  group by `d10`.`d10x0`) as `c11` on `d2`.`d2x2` = `c11`.`k0`
  order by `d2`.`d2x0`, `d2`.`d2x1`

-- sqlite
select "d2"."d2x1" as "c0", "d2"."d2x2" as "c1", "d2"."d2x3" as "c2", (select ('[' || coalesce(group_concat("l8"."j", ','), '') || ']')
  from (select ('[' || coalesce(json_quote(cast("u5"."u5x1" as text)), 'null') || ',' || coalesce(json_quote(hub_dec_mul(hub_decimal("u5"."u5x2"), ?)), 'null') || ']') as "j"
  from (select *
  from (select "t3"."paid" collate binary as "u5x0", "t3"."id" as "u5x1", "t3"."cents" as "u5x2"
  from "czgk"."pay_2023" as "t3"
  where ("t3"."code" collate binary) = ("d2"."d2x1")
  order by ("t3"."paid" collate binary) desc, ("t3"."id")
  limit 3) as "b6"
  union all select *
  from (select "t4"."paid" collate binary as "u5x0", "t4"."id" as "u5x1", "t4"."cents" as "u5x2"
  from "czgk"."pay_2024" as "t4"
  where ("t4"."code" collate binary) = ("d2"."d2x1")
  order by ("t4"."paid" collate binary) desc, ("t4"."id")
  limit 3) as "b7") as "u5"
  order by ("u5"."u5x0") desc, ("u5"."u5x1")
  limit 3) as "l8") as "c3"
  from (select "t1"."code" collate binary as "d2x0", "t1"."code" collate binary as "d2x1", "t1"."项目名称" collate binary as "d2x2", hub_decimal("t1"."invest") as "d2x3"
  from "project" as "t1"
  order by ("t1"."code" collate binary)
  limit 20) as "d2"
  order by ("d2"."d2x0")
