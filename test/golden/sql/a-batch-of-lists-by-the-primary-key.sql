-- postgres
select "d3"."d3x0" as "ordinal", coalesce(json_agg(json_build_array(("d3"."d3x1")::text, ((("d3"."d3x2")::numeric * $1::numeric))::text)
  order by "d3"."d3rank"), '[]'::json) as "j"
  from (select "k2"."ordinal" as "d3x0", "t1"."id" as "d3x1", "t1"."cents" as "d3x2", row_number() over (partition by "k2"."ordinal"
  order by "t1"."id") as "d3rank"
  from (select distinct ordinal, "k0"
  from unnest($2::integer[], $3::text[]) as key (ordinal, "k0")) as "k2" cross join "czgk"."pay_2023" as "t1"
  where "t1"."code"::text = "k2"."k0") as "d3"
  where "d3"."d3rank" <= 3
  group by "d3"."d3x0"

-- mysql
select `t4`.`id` as `c0`, (cast(`t4`.`cents` as decimal(20, 0)) * ?) as `c1`, `d3`.`d3x0` as `c2`
  from (select `k2`.`ordinal` as `d3x0`, `t1`.`id` as `d3x1`, row_number() over (partition by `k2`.`ordinal`
  order by `t1`.`id`) as `d3rank`
  from (with v (`ordinal`, `k0`) as (values ?) select distinct `ordinal`, `k0`
  from v
  where ordinal is not null) as `k2` straight_join `czgk`.`pay_2023` as `t1`
  where (`t1`.`code` = `k2`.`k0` and (`t1`.`code` collate utf8mb4_nopad_bin) = `k2`.`k0`)) as `d3` straight_join `czgk`.`pay_2023` as `t4`
  where `d3`.`d3rank` <= 3 and `t4`.`id` = `d3`.`d3x1`
  order by `d3`.`d3x0`, `d3`.`d3rank`

-- sqlite
select "d3"."d3x0" as "ordinal", ('[' || coalesce(group_concat(('[' || coalesce(json_quote(cast("d3"."d3x1" as text)), 'null') || ',' || coalesce(json_quote(hub_dec_mul(hub_decimal("d3"."d3x2"), ?)), 'null') || ']'), ','
  order by "d3"."d3rank"), '') || ']') as "j"
  from (select "k2"."ordinal" as "d3x0", "t1"."id" as "d3x1", "t1"."cents" as "d3x2", row_number() over (partition by "k2"."ordinal"
  order by ("t1"."id")) as "d3rank"
  from (select distinct value ->> 0 as ordinal, value ->> 1 as "k0"
  from json_each(?)) as "k2" cross join "czgk"."pay_2023" as "t1"
  where ("t1"."code" collate binary) = ("k2"."k0")) as "d3"
  where "d3"."d3rank" <= 3
  group by "d3"."d3x0"
