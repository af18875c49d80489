-- postgres
select count(*) as "c0", sum(((("u3"."u3x1")::numeric * $1::numeric))::numeric) as "c1", "u3"."u3x0" as "c2"
  from (select "k4"."ordinal" as "u3x0", "t1"."cents" as "u3x1"
  from (select distinct ordinal, "k0"
  from unnest($2::integer[], $3::text[]) as key (ordinal, "k0")) as "k4" cross join "czgk"."pay_2023" as "t1"
  where "t1"."code"::text = "k4"."k0"
  union all select "k5"."ordinal" as "u3x0", "t2"."cents" as "u3x1"
  from (select distinct ordinal, "k0"
  from unnest($4::integer[], $5::text[]) as key (ordinal, "k0")) as "k5" cross join "czgk"."pay_2024" as "t2"
  where "t2"."code"::text = "k5"."k0") as "u3"
  group by "u3"."u3x0"

-- mysql
select count(*) as `c0`, sum((cast(`u3`.`u3x1` as decimal(20, 0)) * ?)) as `c1`, `u3`.`u3x0` as `c2`
  from (select `k4`.`ordinal` as `u3x0`, `t1`.`cents` as `u3x1`
  from (with v (`ordinal`, `k0`) as (values ?) select distinct `ordinal`, `k0`
  from v
  where ordinal is not null) as `k4` straight_join `czgk`.`pay_2023` as `t1`
  where (`t1`.`code` = `k4`.`k0` and (`t1`.`code` collate utf8mb4_nopad_bin) = `k4`.`k0`)
  union all select `k5`.`ordinal` as `u3x0`, `t2`.`cents` as `u3x1`
  from (with v (`ordinal`, `k0`) as (values ?) select distinct `ordinal`, `k0`
  from v
  where ordinal is not null) as `k5` straight_join `czgk`.`pay_2024` as `t2`
  where (`t2`.`code` = `k5`.`k0` and (`t2`.`code` collate utf8mb4_nopad_bin) = `k5`.`k0`)) as `u3`
  group by `u3`.`u3x0`

-- sqlite
select count(*) as "c0", hub_dec_sum(hub_dec_mul(hub_decimal("u3"."u3x1"), ?)) as "c1", "u3"."u3x0" as "c2"
  from (select "k4"."ordinal" as "u3x0", "t1"."cents" as "u3x1"
  from (select distinct value ->> 0 as ordinal, value ->> 1 as "k0"
  from json_each(?)) as "k4" cross join "czgk"."pay_2023" as "t1"
  where ("t1"."code" collate binary) = ("k4"."k0")
  union all select "k5"."ordinal" as "u3x0", "t2"."cents" as "u3x1"
  from (select distinct value ->> 0 as ordinal, value ->> 1 as "k0"
  from json_each(?)) as "k5" cross join "czgk"."pay_2024" as "t2"
  where ("t2"."code" collate binary) = ("k5"."k0")) as "u3"
  group by "u3"."u3x0"
