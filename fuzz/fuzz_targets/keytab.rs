//! libFuzzer's program for the target `keytab`: see `src/keytab.rs`.

#![cfg_attr(fuzzing, no_main)]

anysspi_fuzz::program!(keytab);
