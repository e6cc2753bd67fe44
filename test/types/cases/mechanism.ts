// The mechanism itself: what is announced fails as announced, the rest compiles.

const three: number = 3

// error: Type 'string' is not assignable to type 'number'
const four: number = 'four'

// error: Property 'missing' does not exist on type '{ carrier: string; delay: number; }'
const row = { carrier: 'AA', delay: three }.missing

export { four, row, three }
