-- postgres
select "d2"."d2x1" as "c0", "d2"."d2x2" as "c1", "d2"."d2x3" as "c2", (select coalesce(json_agg("l4"."j"), '[]'::json)
  from (select json_build_array(("t3"."id")::text, ((("t3"."cents")::numeric * $1::numeric))::text) as "j"
  from "czgk"."pay_2023" as "t3"
  where "t3"."code"::text = "d2"."d2x1"
  order by "t3"."paid"::text collate "C" desc nulls last, "t3"."id"
  limit 3) as "l4") as "c3", (select json_build_array(count(*), (sum(((("t5"."cents")::numeric * $2::numeric))::numeric))::text)
  from "czgk"."pay_2023" as "t5"
  where "t5"."code"::text = "d2"."d2x1") as "c4"
  from (select "t1"."code"::text as "d2x0", "t1"."code"::text as "d2x1", "t1"."项目名称"::text as "d2x2", "t1"."invest"::numeric as "d2x3"
  from "project" as "t1"
  order by "t1"."code"::text collate "C"
  limit 20) as "d2"
  order by "d2"."d2x0" collate "C"

-- mysql
select `d2`.`d2x1` as `c0`, `d2`.`d2x2` as `c1`, `d2`.`d2x3` as `c2`, (select coalesce(concat('[', coalesce(group_concat(coalesce(concat('[', coalesce(concat('"', `t3`.`id`, '"'), 'null'), ',', coalesce(concat('"', (cast(`t3`.`cents` as decimal(20, 0)) * ?), '"'), 'null'), ']'), 'too large')
  order by ((`t3`.`paid` collate utf8mb4_nopad_bin)) is null, (`t3`.`paid` collate utf8mb4_nopad_bin) desc, `t3`.`id` separator ','
  limit 3 offset 0), ''), ']'), 'too large')
  from `czgk`.`pay_2023` as `t3`
  where (`t3`.`code` = json_unquote(json_quote(`d2`.`d2x1`)) and (`t3`.`code` collate utf8mb4_nopad_bin) = `d2`.`d2x1`)) as `c3`, (select coalesce(concat('[', coalesce(count(*), 'null'), ',', coalesce(concat('"', sum((cast(`t4`.`cents` as decimal(20, 0)) * ?)), '"'), 'null'), ']'), 'too large')
  from `czgk`.`pay_2023` as `t4`
  where (`t4`.`code` = json_unquote(json_quote(`d2`.`d2x1`)) and (`t4`.`code` collate utf8mb4_nopad_bin) = `d2`.`d2x1`)) as `c4`
  from (select (`t1`.`code` collate utf8mb4_nopad_bin) as `d2x0`, (`t1`.`code` collate utf8mb4_nopad_bin) as `d2x1`, (`t1`.`项目名称` collate utf8mb4_nopad_bin) as `d2x2`, `t1`.`invest` as `d2x3`
  from `project` as `t1`
  order by (`t1`.`code` collate utf8mb4_nopad_bin)
  limit 20) as `d2`
  order by `d2`.`d2x0`

-- sqlite
select "d2"."d2x1" as "c0", "d2"."d2x2" as "c1", "d2"."d2x3" as "c2", (select ('[' || coalesce(group_concat("l4"."j", ','), '') || ']')
  from (select ('[' || coalesce(json_quote(cast("t3"."id" as text)), 'null') || ',' || coalesce(json_quote(hub_dec_mul(hub_decimal("t3"."cents"), ?)), 'null') || ']') as "j"
  from "czgk"."pay_2023" as "t3"
  where ("t3"."code" collate binary) = ("d2"."d2x1")
  order by ("t3"."paid" collate binary) desc, ("t3"."id")
  limit 3) as "l4") as "c3", (select ('[' || coalesce(json_quote(count(*)), 'null') || ',' || coalesce(json_quote(hub_dec_sum(hub_dec_mul(hub_decimal("t5"."cents"), ?))), 'null') || ']')
  from "czgk"."pay_2023" as "t5"
  where ("t5"."code" collate binary) = ("d2"."d2x1")) as "c4"
  from (select "t1"."code" collate binary as "d2x0", "t1"."code" collate binary as "d2x1", "t1"."项目名称" collate binary as "d2x2", hub_decimal("t1"."invest") as "d2x3"
  from "project" as "t1"
  order by ("t1"."code" collate binary)
  limit 20) as "d2"
  order by ("d2"."d2x0")
