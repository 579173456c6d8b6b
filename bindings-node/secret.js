'use strict'

/** What only the package itself can give a constructor that is not for its users. */
module.exports = Symbol('made by the package itself')
