//! libFuzzer's program for the target `credential_cache`: see `src/credential_cache.rs`.

#![cfg_attr(fuzzing, no_main)]

anysspi_fuzz::program!(credential_cache);
