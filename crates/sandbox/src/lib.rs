//! A local gateway that behaves like the AliExpress Open Platform, for tests.
