'use strict'

/** Whether the C library is musl: the report of the process names no other. */
const isMusl = () =>
  process.platform === 'linux' && !process.report.getReport().header.glibcVersionRuntime

/** The name of this platform, such as `linux-x64` or `linux-arm64-musl`. */
module.exports = [process.platform, process.arch, ...(isMusl() ? ['musl'] : [])].join('-')
