-- postgres
select "t1"."code"::text as "c0", "t1"."项目名称"::text as "c1", "t1"."invest"::numeric as "c2"
  from "project" as "t1"
  where (not exists (select 1
  from (select 1 as "u4x0"
  from "czgk"."pay_2023" as "t2"
  where "t2"."code"::text = "t1"."code"::text and ("t2"."state" = any($1::text[]::bpchar[]) and "t2"."state"::text = any($2::text[]))
  union all select 1 as "u4x0"
  from "czgk"."pay_2024" as "t3"
  where "t3"."code"::text = "t1"."code"::text and ("t3"."state" = any($3::text[]::bpchar[]) and "t3"."state"::text = any($4::text[]))) as "u4"))
  order by (select sum(((("u7"."u7x0")::numeric * $5::numeric))::numeric)
  from (select "t5"."cents" as "u7x0"
  from "czgk"."pay_2023" as "t5"
  where "t5"."code"::text = "t1"."code"::text
  union all select "t6"."cents" as "u7x0"
  from "czgk"."pay_2024" as "t6"
  where "t6"."code"::text = "t1"."code"::text) as "u7") desc nulls last, "t1"."code"::text collate "C"
  limit $6::bigint

-- mysql
select (`t1`.`code` collate utf8mb4_nopad_bin) as `c0`, (`t1`.`项目名称` collate utf8mb4_nopad_bin) as `c1`, `t1`.`invest` as `c2`
  from `project` as `t1`
  where (not exists (select 1
  from `czgk`.`pay_2023` as `t2`
  where (`t2`.`code` = json_unquote(json_quote((`t1`.`code` collate utf8mb4_nopad_bin))) and (`t2`.`code` collate utf8mb4_nopad_bin) = (`t1`.`code` collate utf8mb4_nopad_bin)) and (`t2`.`state` collate utf8mb4_nopad_bin) in ?) and not exists (select 1
  from `czgk`.`pay_2024` as `t3`
  where (`t3`.`code` = json_unquote(json_quote((`t1`.`code` collate utf8mb4_nopad_bin))) and (`t3`.`code` collate utf8mb4_nopad_bin) = (`t1`.`code` collate utf8mb4_nopad_bin)) and (`t3`.`state` collate utf8mb4_nopad_bin) in ?))
  order by case when coalesce((select sum((cast(`t4`.`cents` as decimal(20, 0)) * ?))
  from `czgk`.`pay_2023` as `t4`
  where (`t4`.`code` = json_unquote(json_quote((`t1`.`code` collate utf8mb4_nopad_bin))) and (`t4`.`code` collate utf8mb4_nopad_bin) = (`t1`.`code` collate utf8mb4_nopad_bin))), (select sum((cast(`t5`.`cents` as decimal(20, 0)) * ?))
  from `czgk`.`pay_2024` as `t5`
  where (`t5`.`code` = json_unquote(json_quote((`t1`.`code` collate utf8mb4_nopad_bin))) and (`t5`.`code` collate utf8mb4_nopad_bin) = (`t1`.`code` collate utf8mb4_nopad_bin)))) is not null then coalesce((select sum((cast(`t4`.`cents` as decimal(20, 0)) * ?))
  from `czgk`.`pay_2023` as `t4`
  where (`t4`.`code` = json_unquote(json_quote((`t1`.`code` collate utf8mb4_nopad_bin))) and (`t4`.`code` collate utf8mb4_nopad_bin) = (`t1`.`code` collate utf8mb4_nopad_bin))), 0) + coalesce((select sum((cast(`t5`.`cents` as decimal(20, 0)) * ?))
  from `czgk`.`pay_2024` as `t5`
  where (`t5`.`code` = json_unquote(json_quote((`t1`.`code` collate utf8mb4_nopad_bin))) and (`t5`.`code` collate utf8mb4_nopad_bin) = (`t1`.`code` collate utf8mb4_nopad_bin))), 0) end desc, (`t1`.`code` collate utf8mb4_nopad_bin)
  limit ?

-- sqlite
select "t1"."code" collate binary as "c0", "t1"."项目名称" collate binary as "c1", hub_decimal("t1"."invest") as "c2"
  from "project" as "t1"
  where (not exists (select 1
  from (select 1 as "u4x0"
  from "czgk"."pay_2023" as "t2"
  where ("t2"."code" collate binary) = ("t1"."code" collate binary) and (rtrim("t2"."state", ' ') collate binary) in (select value
  from json_each(?))
  union all select 1 as "u4x0"
  from "czgk"."pay_2024" as "t3"
  where ("t3"."code" collate binary) = ("t1"."code" collate binary) and (rtrim("t3"."state", ' ') collate binary) in (select value
  from json_each(?))) as "u4"))
  order by hub_dec_key((select hub_dec_sum(hub_dec_mul(hub_decimal("u7"."u7x0"), ?))
  from (select "t5"."cents" as "u7x0"
  from "czgk"."pay_2023" as "t5"
  where ("t5"."code" collate binary) = ("t1"."code" collate binary)
  union all select "t6"."cents" as "u7x0"
  from "czgk"."pay_2024" as "t6"
  where ("t6"."code" collate binary) = ("t1"."code" collate binary)) as "u7")) desc, ("t1"."code" collate binary)
  limit ?
