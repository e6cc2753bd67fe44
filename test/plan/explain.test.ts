// The text of explain is a public contract: these are whole texts.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { explainText, type Node, optimise, outputOf, planText } from '../../src/plan/index.ts'
import { airports, flights, sinkSpec } from '../table/support.ts'
import { text } from './tree.ts'

const delays = flights
  .where(f => f.delay.gt(15).and(f.paid))
  .window({ tumbling: '1 hour', accept: '2 hours' })
  .groupBy('carrier')
  .agg(g => ({ late: g.count(), mean: g.delay.avg().filter(f => f.paid) }))
  .final()

const told = (node: Node) => explainText({ node, optimised: optimise(node) }).trimEnd()

test('everything: output, plan, rules, stages', () => {
  const output = outputOf(delays.node, sinkSpec(['append']))
  const stages = [
    { name: 'read', operators: ['source', 'window'], tasks: 1 },
    { name: 'group', operators: ['aggregate', 'final'], tasks: 2 },
  ]
  const actual = explainText({ node: delays.node, optimised: optimise(delays.node), stages, output }).trimEnd()
  assert.equal(
    actual,
    text`
      output: test out, append mode, exactly once

      plan
                                                                                        changes  key              event time  state                  guarantee
      final                                                                             append   carrier, window  window.end  ≤ watermark + 3 hours  exactly once
      └─ aggregate by carrier, window: late = count(), mean = avg(delay) filter (paid)  update   carrier, window  window.end  ≤ watermark + 3 hours  exactly once
         └─ window tumbling 1 hour, accept 2 hours                                      append   -                at          none                   exactly once
            └─ where delay > 15 AND paid                                                append   -                at          none                   exactly once
               └─ test flights (never ends), late by 10 minutes                         append   -                at          none                   exactly once

      rules applied: push-filter-source, push-projection
                                                                                                                           changes  key              event time  state                  guarantee
      final                                                                                                                append   carrier, window  window.end  ≤ watermark + 3 hours  exactly once
      └─ aggregate by carrier, window: late = count(), mean = avg(delay) filter (paid)                                     update   carrier, window  window.end  ≤ watermark + 3 hours  exactly once
         └─ window tumbling 1 hour, accept 2 hours                                                                         append   -                at          none                   exactly once
            └─ test flights (never ends), late by 10 minutes, columns at, carrier, delay, paid, where delay > 15 AND paid  append   -                at          none                   exactly once

      stages
             tasks  operators
      read   1      source → window
      group  2      aggregate → final
    `,
  )
})

test('joins, shared inputs and plain functions', () => {
  const kept = flights.filter(function paid(row) {
    return row.paid
  })
  const plan = kept
    .select(f => ({ o: f.origin }))
    .union(kept.select(f => ({ o: f.carrier })))
    .join(airports, { on: (f, a) => f.o.eq(a.iata) })
    .distinct()
  assert.equal(
    planText(plan.node),
    text`
                                                                    changes  key                  event time  state                     guarantee     notes
      distinct                                                      append   o, iata, name, city  -           ≤ different rows          exactly once
      └─ inner join on o = iata                                     append   -                    -           ≤ rows of the right side  exactly once
         ├─ union                                                   append   -                    -           none                      exactly once
         │  ├─ select o = origin                                    append   -                    -           none                      exactly once
         │  │  └─ #1 filter                                         append   -                    at          none                      exactly once  opaque: filter paid
         │  │     └─ test flights (never ends), late by 10 minutes  append   -                    at          none                      exactly once
         │  └─ select o = carrier                                   append   -                    -           none                      exactly once
         │     └─ #1 (as above)
         └─ test airports                                           append   -                    -           none                      exactly once
    `,
  )
})

test('a source that can not be read again, and nothing to do for the rules', () => {
  const plan = flights.orderBy(f => f.delay.desc()).limit(3, { offset: 2 })
  assert.equal(
    told(plan.node),
    text`
      plan
                                                        changes  key  event time  state     guarantee
      order by delay desc, limit 3, offset 2            update   -    at          ≤ 5 rows  exactly once
      └─ test flights (never ends), late by 10 minutes  append   -    at          none      exactly once

      rules applied: none
    `,
  )
})

test('names from outside can not break the lines', () => {
  const plan = flights.select(f => Object.fromEntries([['a b\u2028', f.delay]]))
  assert.equal(planText(plan.node).split('\n').length, 3)
})
