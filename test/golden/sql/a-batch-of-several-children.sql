-- postgres
select "o1"."ordinal" as "c0", coalesce("c2"."j", $1::json) as "c1", coalesce("c6"."j", $2::json) as "c2"
  from (select distinct ordinal
  from unnest($3::integer[]) as key (ordinal)) as "o1"
  left join (select "d5"."d5x0" as "ordinal", coalesce(json_agg(json_build_array(("d5"."d5x1")::text, ((("d5"."d5x2")::numeric * $4::numeric))::text)
  order by "d5"."d5rank"), '[]'::json) as "j"
  from (select "k4"."ordinal" as "d5x0", "t3"."id" as "d5x1", "t3"."cents" as "d5x2", row_number() over (partition by "k4"."ordinal"
  order by "t3"."paid"::text collate "C" desc nulls last, "t3"."id") as "d5rank"
  from (select distinct ordinal, "k0"
  from unnest($5::integer[], $6::text[]) as key (ordinal, "k0")) as "k4" cross join "czgk"."pay_2023" as "t3"
  where "t3"."code"::text = "k4"."k0") as "d5"
  where "d5"."d5rank" <= 3
  group by "d5"."d5x0") as "c2" on "c2"."ordinal" = "o1"."ordinal"
  left join (select "k8"."ordinal" as "ordinal", json_build_array(count(*), (sum(((("t7"."cents")::numeric * $7::numeric))::numeric))::text) as "j"
  from (select distinct ordinal, "k0"
  from unnest($8::integer[], $9::text[]) as key (ordinal, "k0")) as "k8" cross join "czgk"."pay_2024" as "t7"
  where "t7"."code"::text = "k8"."k0"
  group by "k8"."ordinal") as "c6" on "c6"."ordinal" = "o1"."ordinal"
  order by "o1"."ordinal"

-- mysql
select `o1`.`ordinal` as `c0`, coalesce(`c2`.`j`, ?) as `c1`, coalesce(`c6`.`j`, ?) as `c2`
  from (with v (`ordinal`) as (values ?) select distinct `ordinal`
  from v
  where ordinal is not null) as `o1`
  left join (select `d5`.`d5x0` as `ordinal`, coalesce(concat('[', coalesce(group_concat(coalesce(concat('[', coalesce(concat('"', `d5`.`d5x1`, '"'), 'null'), ',', coalesce(concat('"', (cast(`d5`.`d5x2` as decimal(20, 0)) * ?), '"'), 'null'), ']'), 'too large')
  order by `d5`.`d5rank` separator ','), ''), ']'), 'too large') as `j`
  from (select `k4`.`ordinal` as `d5x0`, `t3`.`id` as `d5x1`, `t3`.`cents` as `d5x2`, row_number() over (partition by `k4`.`ordinal`
  order by (`t3`.`paid` collate utf8mb4_nopad_bin) desc, `t3`.`id`) as `d5rank`
  from (with v (`ordinal`, `k0`) as (values ?) select distinct `ordinal`, `k0`
  from v
  where ordinal is not null) as `k4` straight_join `czgk`.`pay_2023` as `t3`
  where (`t3`.`code` = `k4`.`k0` and (`t3`.`code` collate utf8mb4_nopad_bin) = `k4`.`k0`)) as `d5`
  where `d5`.`d5rank` <= 3
  group by `d5`.`d5x0`) as `c2` on `c2`.`ordinal` = `o1`.`ordinal`
  left join (select `k8`.`ordinal` as `ordinal`, coalesce(concat('[', coalesce(count(*), 'null'), ',', coalesce(concat('"', sum((cast(`t7`.`cents` as decimal(20, 0)) * ?)), '"'), 'null'), ']'), 'too large') as `j`
  from (with v (`ordinal`, `k0`) as (values ?) select distinct `ordinal`, `k0`
  from v
  where ordinal is not null) as `k8` straight_join `czgk`.`pay_2024` as `t7`
  where (`t7`.`code` = `k8`.`k0` and (`t7`.`code` collate utf8mb4_nopad_bin) = `k8`.`k0`)
  group by `k8`.`ordinal`) as `c6` on `c6`.`ordinal` = `o1`.`ordinal`
  order by `o1`.`ordinal`

-- sqlite
select "o1"."ordinal" as "c0", coalesce("c2"."j", ?) as "c1", coalesce("c6"."j", ?) as "c2"
  from (select distinct value ->> 0 as ordinal
  from json_each(?)) as "o1"
  left join (select "d5"."d5x0" as "ordinal", ('[' || coalesce(group_concat(('[' || coalesce(json_quote(cast("d5"."d5x1" as text)), 'null') || ',' || coalesce(json_quote(hub_dec_mul(hub_decimal("d5"."d5x2"), ?)), 'null') || ']'), ','
  order by "d5"."d5rank"), '') || ']') as "j"
  from (select "k4"."ordinal" as "d5x0", "t3"."id" as "d5x1", "t3"."cents" as "d5x2", row_number() over (partition by "k4"."ordinal"
  order by ("t3"."paid" collate binary) desc, ("t3"."id")) as "d5rank"
  from (select distinct value ->> 0 as ordinal, value ->> 1 as "k0"
  from json_each(?)) as "k4" cross join "czgk"."pay_2023" as "t3"
  where ("t3"."code" collate binary) = ("k4"."k0")) as "d5"
  where "d5"."d5rank" <= 3
  group by "d5"."d5x0") as "c2" on "c2"."ordinal" = "o1"."ordinal"
  left join (select "k8"."ordinal" as "ordinal", ('[' || coalesce(json_quote(count(*)), 'null') || ',' || coalesce(json_quote(hub_dec_sum(hub_dec_mul(hub_decimal("t7"."cents"), ?))), 'null') || ']') as "j"
  from (select distinct value ->> 0 as ordinal, value ->> 1 as "k0"
  from json_each(?)) as "k8" cross join "czgk"."pay_2024" as "t7"
  where ("t7"."code" collate binary) = ("k8"."k0")
  group by "k8"."ordinal") as "c6" on "c6"."ordinal" = "o1"."ordinal"
  order by "o1"."ordinal"
