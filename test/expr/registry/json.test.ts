import { listBytes } from '../../../src/data/index.ts'
import { call, literal } from '../../../src/expr/index.ts'
import { listOf, scalars } from '../../../src/types/index.ts'
import { answers, flag, int, json, text } from '../answers.ts'

const doc = json(' {"a": {"b": [10, 20.50, "x\\"y"]}, "n": null, "k,": 1e3, "a ": "\\u00e4", "d": 1, "d": 2} ')
const list = json('[1, [2, 3], {"k": "]"}, "s"]')
answers([
  [call('json_get', doc, text('a')), json('{"b": [10, 20.50, "x\\"y"]}')],
  [call('json_get', doc, text('d')), json('2')],
  [call('json_get', doc, text('n')), json('null')],
  [call('json_get_text', doc, text('n')), null],
  [call('json_get', doc, text('zzz')), null],
  [call('json_get', list, text('k')), null],
  [call('json_get_text', doc, text('a ')), text('ä')],
  [call('json_get_text', doc, text('k,')), text('1e3')],
  [call('json_get', list, int(1)), json('[2, 3]')],
  [call('json_get', list, int(-1)), json('"s"')],
  [call('json_get_text', list, int(3)), text('s')],
  [call('json_get', list, int(4)), null],
  [call('json_get', doc, int(0)), null],
  [call('json_path', doc, text('{a,b,1}')), json('20.50')],
  [call('json_path_text', doc, text('{a, b, -1}')), text('x"y')],
  [call('json_path', list, text('{2,k}')), json('"]"')],
  [call('json_path', list, text('{k}')), null],
  [call('json_path', doc, text('a')), 'INVALID_ARGUMENT'],
  [call('json_type', doc), text('object')],
  [call('json_type', json(' -1')), text('number')],
  [call('json_type', json('"x"')), text('string')],
  [call('json_array_length', list), int(4)],
  [call('json_array_length', json('[ ]')), int(0)],
  [call('json_array_length', doc), 'INVALID_ARGUMENT'],
])

const items = (...values: (string | null)[]) =>
  literal(listBytes(listOf(scalars.string, true), values), listOf(scalars.string, true))
answers([
  [call('json_insert', json('{"a": [1, 2]}'), text('{a,-1}'), json('9')), json('{"a": [1, 9, 2]}')],
  [call('json_insert', json('{"a": [1, 2]}'), text('{a,1}'), json('9'), flag(true)), json('{"a": [1, 2, 9]}')],
  [call('json_insert', json('{"a": 1}'), text('{a}'), json('9')), 'INVALID_ARGUMENT'],
  [call('json_delete_path', json('{"a": {"b": 1, "c": 2}}'), text('{a,b}')), json('{"a": {"c": 2}}')],
  [call('json_delete_path', json('1'), text('{a}')), 'INVALID_ARGUMENT'],
  [call('json_strip_nulls', json('{"a": [null, {"b": null}]}')), json('{"a":[null,{}]}')],
  [call('json_pretty', json('[1, {"a": []}]')), text('[\n    1,\n    {\n        "a": [\n        ]\n    }\n]')],
  [call('json_same', json('{"a": 1.0, "b": "\\u0061"}'), json('{"b": "a", "a": 1}')), flag(true)],
  [call('json_same', json('[1]'), json('{"0": 1}')), flag(false)],
  [call('json_number', json('"1"')), 'INVALID_ARGUMENT'],
  [call('json_boolean', json('null')), null],
  [call('json_key', text('a"b')), text('"a\\"b"')],
  [call('json_has_any', json('["a", "b"]'), items('b', null)), flag(true)],
  [call('json_has_all', json('{"a": 1}'), items('a', 'b')), flag(false)],
  [call('json_delete_keys', json('["a", 1, "b"]'), items('a', 'b')), json('[1]')],
  [call('json_pairs', items('a', 'b'), items('1', null)), json('{"a" : "1", "b" : null}')],
  [call('json_pairs', items('a')), 'INVALID_ARGUMENT'],
  [call('array_out', items('a', null, 'NULL', 'b c', '')), text('{a,NULL,"NULL","b c",""}')],
  [call('to_json', items('a', null)), json('["a",null]')],
  [call('json_path', json('{"a,b": {"null": 1}}'), text('{"a,b","null"}')), json('1')],
  [call('json_path', json('{"null": 1}'), text('{NULL}')), null],
])
