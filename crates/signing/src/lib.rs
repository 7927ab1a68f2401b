//! Request signatures of the AliExpress Open Platform.
