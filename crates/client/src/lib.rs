//! SDK for the AliExpress Open Platform.
