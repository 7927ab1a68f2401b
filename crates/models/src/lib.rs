//! Typed requests and answers of the AliExpress Open Platform, in JSON and XML.
