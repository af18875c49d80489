-- postgres
select "u3"."u3x0" as "c0", "u3"."u3x1" as "c1"
  from (select *
  from (select "t1"."id" as "u3x0", $1::bigint as "u3x1"
  from "czgk"."pay_2023" as "t1"
  order by "t1"."id"
  limit 10) as "b4"
  union all select *
  from (select "t2"."id" as "u3x0", $2::bigint as "u3x1"
  from "czgk"."pay_2024" as "t2"
  order by "t2"."id"
  limit 10) as "b5") as "u3"
  order by "u3"."u3x0" nulls first
  limit 10

-- mysql
select `u3`.`u3x0` as `c0`, `u3`.`u3x1` as `c1`
  from (select *
  from (select `t1`.`id` as `u3x0`, ? as `u3x1`
  from `czgk`.`pay_2023` as `t1`
  order by `t1`.`id`
  limit 10) as `b4`
  union all select *
  from (select `t2`.`id` as `u3x0`, ? as `u3x1`
  from `czgk`.`pay_2024` as `t2`
  order by `t2`.`id`
  limit 10) as `b5`) as `u3`
  order by `u3`.`u3x0`
  limit 10

-- sqlite
select cast("u3"."u3x0" as text) as "c0", "u3"."u3x1" as "c1"
  from (select *
  from (select "t1"."id" as "u3x0", cast(? as integer) as "u3x1"
  from "czgk"."pay_2023" as "t1"
  order by ("t1"."id")
  limit 10) as "b4"
  union all select *
  from (select "t2"."id" as "u3x0", cast(? as integer) as "u3x1"
  from "czgk"."pay_2024" as "t2"
  order by ("t2"."id")
  limit 10) as "b5") as "u3"
  order by ("u3"."u3x0")
  limit 10
