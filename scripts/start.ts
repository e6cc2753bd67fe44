// `npm start`: the flights job (see examples/).

process.stdout.write('millrace: nothing to start yet\n')
