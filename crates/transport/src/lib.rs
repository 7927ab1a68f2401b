//! One blocking HTTP exchange with the AliExpress Open Platform.
