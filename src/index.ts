// The public surface of `millrace`.

export {}
