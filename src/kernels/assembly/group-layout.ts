// The group table's block, and what a record looks like:
// [weight i64][dirty index u32][slab | flags u32] ([previous u32][next u32] of its window) [key words] [state words].
// A fixed-width key is one word, a string is the two words of its view (bytes longer than 12 belong to the record);
// the last key words hold a bit per key that is null (only where a key may be null).

export const SLOTS: usize = 0;
/** 32 - log2(slots): a slot's home is its hash shifted right by this. */
export const SHIFT: usize = 4;
export const COUNT: usize = 8;
export const STRIDE: usize = 12;
/** Key words of a record, null words included. */
export const WORDS: usize = 16;
/** Where in a record its keys begin. */
export const KEYS_AT: usize = 20;
/** A record's bytes before anything was added to it. */
export const TEMPLATE: usize = 28;
export const ROOM: usize = 32;
/** Key descriptors: [kind u32][offset in the key words u32]. */
export const KEYS: usize = 36;
export const KEY_COUNT: usize = 40;
/** Key words that are null bits: 0 or more. */
export const NULL_WORDS: usize = 44;
/**
 * Bit 0: keys have views, which are compared by their bytes. Bit k + 1: key k is an interval, of which the first 16 bytes
 * say how long it is: a month and 30 days are one key, and a group keeps the one that it began with.
 */
export const VIEWS: usize = 48;
/** Offset in a record of the window's end, 0 = not windowed. */
export const WINDOW_AT: usize = 52;
export const DURABLE: usize = 56;
/** One batch's key words, row by row. */
export const BATCH_WORDS: usize = 60;
export const DIRTY: usize = 64;
export const DIRTY_COUNT: usize = 68;
export const DIRTY_ROOM: usize = 72;
/** Entries of groups that are gone, in the form they are saved. */
export const GONE: usize = 76;
export const GONE_BYTES: usize = 80;
export const GONE_ROOM: usize = 84;
/** Windows that have groups, by end: [end i64][first record u32][spare u32]. */
export const WINDOWS: usize = 88;
export const WINDOW_COUNT: usize = 92;
export const WINDOW_ROOM: usize = 96;
export const SLAB_BYTES: usize = 100;
/** Bytes that records own besides their slabs. */
export const OWNED: usize = 104;
/** Parts of the state that own memory: [what u32][offset in a record u32]. */
export const OWNERS: usize = 108;
export const OWNER_COUNT: usize = 112;
/** Which key the window's end is. */
export const WINDOW_KEY: usize = 116;
/** Numbers that groups gave back when they went (OWNS_SLOT). */
export const RELEASED: usize = 120;
export const RELEASED_COUNT: usize = 124;
export const RELEASED_ROOM: usize = 128;
/** Rows that were deleted and are not there (yet), i64: the negative weights in sum. */
export const MISSING: usize = 136;
export const TABLE_BYTES: u32 = 144;

export const HEADER_DIRTY: usize = 8;
export const HEADER_SLAB: usize = 12;
export const LINK_PREVIOUS: usize = 16;
export const LINK_NEXT: usize = 20;
/** Flag in the slab word: seen in this epoch. */
export const TOUCHED: u32 = 1;
/** The same: it has been saved, so that saved state has to be told when it goes. */
export const SAVED: u32 = 2;

/** What a part of the state owns. */
export const OWNS_TEXT: u32 = 0;
export const OWNS_EXACT: u32 = 1;
export const OWNS_SKETCH: u32 = 2;
/** Links of a tree, made anew after loading. */
export const OWNS_LINKS: u32 = 3;
/** The number of something outside, 0 = none: [number u32][0][values i64][saved form, a text]. */
export const OWNS_SLOT: u32 = 4;

export const BATCH_ROWS: u32 = 4096;
