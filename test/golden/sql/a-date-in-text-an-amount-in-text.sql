-- postgres
select coalesce((select case when y >= 1 and m between 1 and 12 and d between 1 and case when m in (4, 6, 9, 11) then 30 when m <> 2 then 31 when (y % 4 = 0 and y % 100 <> 0 or y % 400 = 0) then 29 else 28 end then make_date(y, m, d) end
  from (select p[1]::integer as y, p[2]::integer as m, p[3]::integer as d
  from regexp_match(btrim("t1"."paid"::text, $1::text) collate "C", $2::text) as r (p)
  where p is not null) as f), (select case when y >= 1 and m between 1 and 12 and d between 1 and case when m in (4, 6, 9, 11) then 30 when m <> 2 then 31 when (y % 4 = 0 and y % 100 <> 0 or y % 400 = 0) then 29 else 28 end then make_date(y, m, d) end
  from (select p[1]::integer as y, p[2]::integer as m, p[3]::integer as d
  from regexp_match(btrim("t1"."paid"::text, $3::text) collate "C", $4::text) as r (p)
  where p is not null) as f)) as "c0", case when length((regexp_match("t1"."paid"::text collate "C", $5::text))[1]) <= 1000 and (regexp_match("t1"."paid"::text collate "C", $6::text))[1] ~ '^-?[0-9]+(\.[0-9]+)?$' then ((regexp_match("t1"."paid"::text collate "C", $7::text))[1])::numeric end as "c1"
  from "czgk"."pay_2023" as "t1"
  limit $8::bigint

-- mysql
select coalesce(case when regexp_replace((`t1`.`paid` collate utf8mb4_nopad_bin), ?, '') regexp ? and regexp_replace(regexp_replace((`t1`.`paid` collate utf8mb4_nopad_bin), ?, ''), ?, ?) regexp ? and cast(regexp_replace(regexp_replace((`t1`.`paid` collate utf8mb4_nopad_bin), ?, ''), ?, ?) as signed) between 1 and dayofmonth(last_day(cast(concat(regexp_replace(regexp_replace((`t1`.`paid` collate utf8mb4_nopad_bin), ?, ''), ?, ?), '-01') as date))) then date_add(cast(concat(regexp_replace(regexp_replace((`t1`.`paid` collate utf8mb4_nopad_bin), ?, ''), ?, ?), '-01') as date), interval cast(regexp_replace(regexp_replace((`t1`.`paid` collate utf8mb4_nopad_bin), ?, ''), ?, ?) as signed) - 1 day) end, case when regexp_replace((`t1`.`paid` collate utf8mb4_nopad_bin), ?, '') regexp ? and regexp_replace(regexp_replace((`t1`.`paid` collate utf8mb4_nopad_bin), ?, ''), ?, ?) regexp ? and cast(regexp_replace(regexp_replace((`t1`.`paid` collate utf8mb4_nopad_bin), ?, ''), ?, ?) as signed) between 1 and dayofmonth(last_day(cast(concat(regexp_replace(regexp_replace((`t1`.`paid` collate utf8mb4_nopad_bin), ?, ''), ?, ?), '-01') as date))) then date_add(cast(concat(regexp_replace(regexp_replace((`t1`.`paid` collate utf8mb4_nopad_bin), ?, ''), ?, ?), '-01') as date), interval cast(regexp_replace(regexp_replace((`t1`.`paid` collate utf8mb4_nopad_bin), ?, ''), ?, ?) as signed) - 1 day) end) as `c0`, case when case when (`t1`.`paid` collate utf8mb4_nopad_bin) regexp ? then regexp_replace((`t1`.`paid` collate utf8mb4_nopad_bin), ?, ?) end regexp ? then cast(case when (`t1`.`paid` collate utf8mb4_nopad_bin) regexp ? then regexp_replace((`t1`.`paid` collate utf8mb4_nopad_bin), ?, ?) end as decimal(65, 30)) end as `c1`
  from `czgk`.`pay_2023` as `t1`
  limit ?

-- sqlite
select hub_parse_date(trim("t1"."paid" collate binary, ?), ?) as "c0", hub_decimal(hub_extract("t1"."paid" collate binary, ?, 1)) as "c1"
  from "czgk"."pay_2023" as "t1"
  limit ?
