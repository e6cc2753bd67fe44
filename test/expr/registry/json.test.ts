import { call } from '../../../src/expr/index.ts'
import { answers, int, json, text } from '../answers.ts'

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
