-- postgres
select "d2"."d2x1" as "c0", "d2"."d2x2" as "c1"
  from (select "t1"."code"::text as "d2x0", "t1"."project" as "d2x1", "t1"."number" as "d2x2", row_number() over (partition by "t1"."project"
  order by "t1"."number" desc) as "d2rank"
  from "version" as "t1"
  where "t1"."project" in (select "t3"."project"
  from "version" as "t3"
  where "t3"."code"::text = $1::text)) as "d2"
  where "d2"."d2rank" = 1 and "d2"."d2x0" collate "C" = $2::text
  limit $3::bigint

-- mysql
select `d2`.`d2x1` as `c0`, `d2`.`d2x2` as `c1`
  from (select (`t1`.`code` collate utf8mb4_nopad_bin) as `d2x0`, `t1`.`project` as `d2x1`, `t1`.`number` as `d2x2`, row_number() over (partition by `t1`.`project`
  order by `t1`.`number` desc) as `d2rank`
  from `version` as `t1`
  where `t1`.`project` in (select `t3`.`project`
  from `version` as `t3`
  where (`t3`.`code` = ? and (`t3`.`code` collate utf8mb4_nopad_bin) = ?))) as `d2`
  where `d2`.`d2rank` = 1 and `d2`.`d2x0` = ?
  limit ?

-- sqlite
select cast("d2"."d2x1" as text) as "c0", "d2"."d2x2" as "c1"
  from (select "t1"."code" collate binary as "d2x0", "t1"."project" as "d2x1", "t1"."number" as "d2x2", row_number() over (partition by "t1"."project"
  order by ("t1"."number") desc) as "d2rank"
  from "version" as "t1"
  where "t1"."project" in (select "t3"."project"
  from "version" as "t3"
  where ("t3"."code" collate binary) = (?))) as "d2"
  where "d2"."d2rank" = 1 and ("d2"."d2x0") = (?)
  limit ?
