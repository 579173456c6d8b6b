//! libFuzzer's program for the target `account_file`: see `src/account_file.rs`.

#![cfg_attr(fuzzing, no_main)]

anysspi_fuzz::program!(account_file);
