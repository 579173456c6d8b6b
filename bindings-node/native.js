'use strict'

// The native half: beside this file in a checkout and in a package that carries it, otherwise in the
// package of the platform.
const { existsSync } = require('node:fs')
const { join } = require('node:path')
const platform = require('./platform.js')

const beside = join(__dirname, `anysspi.${platform}.node`)

function load() {
  if (existsSync(beside)) return require(beside)
  try {
    return require(`@anysspi/${platform}`)
  } catch (cause) {
    throw new Error(
      `anysspi has no module for ${platform}: neither ${beside} nor @anysspi/${platform} is there`,
      { cause },
    )
  }
}

module.exports = load()
