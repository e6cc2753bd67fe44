// The twin of full windows: of all changes of an aggregation the rows of windows that have all of their rows, and at the
// end those that are there and have not.
import { net, type Weighted } from './zset.ts'

export function fullWindowsTwin(changes: readonly Weighted[], isEnd: boolean): Weighted[] {
  const isFull = ({ row }: Weighted): boolean => Number(row['end']) - Number(row['start']) === row['rows']
  return net(changes).filter(each => isFull(each) || isEnd)
}
