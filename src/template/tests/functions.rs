//! Functions one by one.

use super::evaluated;
use crate::template::functions::function;

/// The functions that Azure documents, of all subjects.
pub(super) const DOCUMENTED: &str = "
    array concat contains createArray empty first flatten indexFromEnd indexOf intersection last
    lastIndexOf length max min range skip take tryGet tryIndexFromEnd union
    cidrHost cidrSubnet parseCidr
    coalesce equals greater greaterOrEquals less lessOrEquals
    dateTimeAdd dateTimeFromEpoch dateTimeToEpoch utcNow
    deployer deployment environment parameters variables
    filter groupBy lambda lambdaVariables map mapValues reduce sort toObject
    and bool false if not or true
    add copyIndex div float int mod mul sub
    createObject items json null objectKeys shallowMerge
    extensionResourceId listAccountSas listKeys listSecrets list managementGroupResourceId
    pickZones providers reference references resourceId subscriptionResourceId tenantResourceId
    toLogicalZone toLogicalZones toPhysicalZone toPhysicalZones
    managementGroup resourceGroup subscription tenant
    base64 base64ToJson base64ToString dataUri dataUriToString endsWith fail format guid join newGuid
    padLeft replace split startsWith string substring toLower toUpper trim uniqueString uri
    uriComponent uriComponentToString";

#[test]
fn every_documented_function_has_a_row() {
    for name in DOCUMENTED.split_whitespace() {
        assert!(function(name).is_some(), "{name}");
        assert!(function(&name.to_uppercase()).is_some(), "{name}");
    }
    assert!(function("contoso.make").is_none());
}

/// Expressions without the brackets, and their values.
pub(super) const KNOWN: &[(&str, &str)] = &[
    // Strings.
    ("concat(createArray(1), createArray('a', 2))", "[1 'a' 2]"),
    ("contains('Subnet-A', 'net')", "true"),
    ("contains('Subnet-A', 'NET')", "false"),
    ("endsWith('rules.JSON', '.json')", "true"),
    ("endsWith('rules', 'rule')", "false"),
    ("startsWith('Deny-All', 'deny')", "true"),
    ("startsWith('Deny-All', 'all')", "false"),
    ("startsWith('straße', 'STRAßE')", "true"),
    ("first('subnet')", "'s'"),
    ("last('subnet')", "'t'"),
    ("indexOf('10.0.0.0/8', '/')", "8"),
    ("indexOf('Deny', 'N')", "2"),
    ("indexOf('deny', 'x')", "-1"),
    ("indexOf('😀x', 'X')", "2"),
    ("lastIndexOf('10.0.0.0/8', '0')", "7"),
    ("join(createArray('a', 'b', 3), '-')", "'a-b-3'"),
    ("join(createArray(), '-')", "''"),
    ("length('🎈a')", "3"),
    ("padLeft('7', 3, '0')", "'007'"),
    ("padLeft(42, 5)", "'   42'"),
    ("padLeft('long', 2)", "'long'"),
    ("replace('a-b-c', '-', '.')", "'a.b.c'"),
    ("skip('subnet', 3)", "'net'"),
    ("skip('subnet', 9)", "''"),
    ("skip('subnet', -1)", "'subnet'"),
    ("take('subnet', 3)", "'sub'"),
    ("take('subnet', 9)", "'subnet'"),
    ("take('subnet', -1)", "''"),
    ("split('80,443', ',')", "['80' '443']"),
    ("split('80,443;8443', createArray(',', ';'))", "['80' '443' '8443']"),
    ("split(',a,', ',')", "['' 'a' '']"),
    ("split('', ',')", "['']"),
    ("substring('10.0.0.0/8', 3, 3)", "'0.0'"),
    ("substring('10.0.0.0/8', 8)", "'/8'"),
    ("substring('abc', 3, 0)", "''"),
    ("trim('  a b\t')", "'a b'"),
    ("string(5)", "'5'"),
    ("string(true)", "'True'"),
    (
        "string(createObject('a', createArray(1, 'x\"y'), 'b', null()))",
        r#"'{"a":[1,"x\"y"],"b":null}'"#,
    ),
    ("string(variables('list'))", r#"'["10.0.0.0/8","westeurope"]'"#),
    // Formats.
    ("format('{0:D2}-{1:N0}', 7, 8175133)", "'07-8,175,133'"),
    ("format('{0:X}{0:x4}', 255)", "'FF00ff'"),
    ("format('{0:000}|{1:N1}|{2:F2}', -7, 1000, 3)", "'-007|1,000.0|3.00'"),
    ("format('{0,5}|{1,-4}|{2}', 'ab', 1, true)", "'   ab|1   |True'"),
    ("format('{0:D3}', 'text')", "'text'"),
    // Encodings.
    ("base64('deny, all')", "'ZGVueSwgYWxs'"),
    ("base64('é!')", "'w6kh'"),
    ("base64ToString('ZGVueQ==')", "'deny'"),
    ("base64ToJson(base64('{\"a\": [1]}')).a[0]", "1"),
    ("dataUri('Hello')", "'data:text/plain;charset=utf8;base64,SGVsbG8='"),
    ("dataUriToString('data:;charset=utf8;base64,SGVsbG8=')", "'Hello'"),
    ("uriComponent('a b/ü~')", "'a%20b%2F%C3%BC~'"),
    ("uriComponentToString('a%20b%2fc%')", "'a b/c%'"),
    ("uri('https://a.example/one', 'x.json')", "'https://a.example/x.json'"),
    ("uri('https://a.example/one/', 'two/x.json')", "'https://a.example/one/two/x.json'"),
    ("uri('https://a.example/one/y.json', '/x.json')", "'https://a.example/x.json'"),
    ("uri('https://a.example', 'x.json')", "'https://a.example/x.json'"),
    // Lists.
    ("array('a')", "['a']"),
    ("array(variables('list'))", "['10.0.0.0/8' 'westeurope']"),
    ("createArray()", "[]"),
    ("contains(createArray('a', 'B'), 'b')", "false"),
    ("contains(createArray('a', createObject('x', 1)), createObject('x', 1))", "true"),
    ("empty(createArray())", "true"),
    ("empty('')", "true"),
    ("empty(null())", "true"),
    ("empty(createObject('a', 1))", "false"),
    ("first(createArray('a', 'b'))", "'a'"),
    ("last(createArray('a', 'b'))", "'b'"),
    ("flatten(createArray(createArray(1, 2), createArray(createArray(3))))", "[1 2 [3]]"),
    ("indexOf(createArray('x', 'Y', 'y', 'y'), 'y')", "2"),
    ("lastIndexOf(createArray('y', 'x', 'y'), 'y')", "2"),
    ("indexFromEnd(createArray(1, 2, 3), 1)", "3"),
    ("tryIndexFromEnd(createArray(1, 2, 3), 4)", "null"),
    ("intersection(createArray(1, 2, 3), createArray(3, 2), createArray(2, 3, 4))", "[2 3]"),
    ("length(createArray('a', null()))", "2"),
    ("max(1, 5, 3)", "5"),
    ("min(createArray(4, -2))", "-2"),
    ("range(5, 3)", "[5 6 7]"),
    ("range(-1, 0)", "[]"),
    ("skip(createArray(1, 2, 3), 1)", "[2 3]"),
    ("take(createArray(1, 2, 3), 2)", "[1 2]"),
    ("take(createArray(1), 0)", "[]"),
    ("union(createArray('a', 'b'), createArray('b', 'B'), createArray('a'))", "['a' 'b' 'B']"),
    // Objects.
    ("createObject('a', 1, 'b', createArray('x'))", "{a=1 b=['x']}"),
    ("createObject('a', 1).A", "1"),
    ("createObject()", "{}"),
    ("contains(createObject('Name', 1), 'nAME')", "true"),
    ("contains(variables('withCopy'), 'MADE')", "true"),
    ("contains(variables('withCopy'), 'copy')", "false"),
    ("length(variables('withCopy'))", "2"),
    ("items(createObject('b', 2, 'a', 1))", "[{key='a' value=1} {key='b' value=2}]"),
    ("objectKeys(createObject('b', 2, 'A', 1))", "['A' 'b']"),
    ("json('{\"a\": [true, null, -1.5]}')", "{a=[true null -1.5]}"),
    ("json('null')", "null"),
    ("intersection(createObject('a', 1, 'b', 2), createObject('B', 2, 'a', 3))", "{b=2}"),
    (
        "shallowMerge(createArray(createObject('a', createObject('x', 1)), createObject('A', 2)))",
        "{a=2}",
    ),
    (
        "union(createObject('p', createObject('a', 1, 'b', createArray(1))), createObject('P', createObject('b', createArray(2), 'c', 3)))",
        "{p={a=1 b=[2] c=3}}",
    ),
    ("union(parameters('half'), createObject('a', 'x')).deep[0].x", "'yes'"),
    ("tryGet(parameters('half'), 'deep', 0, 'x')", "'yes'"),
    ("tryGet(parameters('half'), 'none', 0, 'x')", "null"),
    ("tryGet(createArray('a'), 3)", "null"),
    ("createObject('a', variables('list')).a[1]", "'westeurope'"),
    // Comparison and logic.
    ("coalesce(null(), parameters('nothing'), 'x', 'y')", "'x'"),
    ("coalesce(null(), null())", "null"),
    ("equals('a', 'A')", "false"),
    ("equals(1, '1')", "false"),
    (
        "equals(createArray(1, createObject('a', 'b')), createArray(1, createObject('a', 'b')))",
        "true",
    ),
    ("equals(createArray(1), createArray(1, 2))", "false"),
    ("equals(createObject('a', 1), createObject('a', 1, 'b', 2))", "false"),
    ("less(1, 2)", "true"),
    ("lessOrEquals('a', 'a')", "true"),
    ("greater('A', 'a')", "true"),
    ("greaterOrEquals('a', 'B')", "false"),
    ("less('a1', 'ab')", "true"),
    ("and(true(), false(), true())", "false"),
    ("or(false(), true())", "true"),
    ("and(true(), true())", "true"),
    ("or(false(), false())", "false"),
    ("not(false())", "true"),
    ("bool('TRUE')", "true"),
    ("bool(0)", "false"),
    ("if(true(), 'a', div(1, 0))", "'a'"),
    ("if(false(), variables('no'), 'b')", "'b'"),
    // Numbers.
    ("add(2, 3)", "5"),
    ("sub(2, 3)", "-1"),
    ("mul(4, 5)", "20"),
    ("div(-7, 2)", "-3"),
    ("mod(-7, 2)", "-1"),
    ("int('-12')", "-12"),
    ("int(parameters('port'))", "443"),
    // Dates.
    ("dateTimeFromEpoch(1683040573)", "'2023-05-02T15:16:13Z'"),
    ("dateTimeFromEpoch(951782400)", "'2000-02-29T00:00:00Z'"),
    ("dateTimeToEpoch('2023-05-02T15:16:13Z')", "1683040573"),
    ("dateTimeToEpoch('1970-01-01 00:00:00Z')", "0"),
    // Networks.
    ("cidrSubnet('10.144.0.0/20', 24, 4)", "'10.144.4.0/24'"),
    ("cidrSubnet('fd00:db8::/48', 52, 2)", "'fd00:db8:0:2000::/52'"),
    ("cidrSubnet('10.0.0.0/8', 8, 0)", "'10.0.0.0/8'"),
    ("cidrSubnet('::/0', 0, 0)", "'::/0'"),
    ("cidrSubnet('0.0.0.0/0', 32, 4294967295)", "'255.255.255.255/32'"),
    ("cidrHost('192.168.1.0/24', 0)", "'192.168.1.1'"),
    ("cidrHost('192.168.1.0/24', 253)", "'192.168.1.254'"),
    ("cidrHost('fd00:db8::/52', 4)", "'fd00:db8::5'"),
    (
        "parseCidr('10.144.0.0/20')",
        "{network='10.144.0.0' netmask='255.255.240.0' broadcast='10.144.15.255' firstUsable='10.144.0.1' lastUsable='10.144.15.254' cidr=20}",
    ),
    (
        "parseCidr('fd00:db8::/32')",
        "{network='fd00:db8::' netmask='ffff:ffff::' firstUsable='fd00:db8::' lastUsable='fd00:db8:ffff:ffff:ffff:ffff:ffff:ffff' cidr=32}",
    ),
    // Ids.
    ("subscriptionResourceId('s', 'A.B/c', 'n')", "'/subscriptions/s/providers/A.B/c/n'"),
    ("tenantResourceId('A.B/c/d', 'n', 'm')", "'/providers/A.B/c/n/d/m'"),
    ("extensionResourceId('/x/y', 'A.B/c', 'n')", "'/x/y/providers/A.B/c/n'"),
    (
        "managementGroupResourceId('m', 'A.B/c', 'n')",
        "'/providers/Microsoft.Management/managementGroups/m/providers/A.B/c/n'",
    ),
    // Lambdas.
    ("map(range(1, 3), lambda('i', mul(lambdaVariables('i'), 10)))", "[10 20 30]"),
    (
        "map(createArray('a', 'b'), lambda('x', 'i', concat(lambdaVariables('x'), lambdaVariables('i'))))",
        "['a0' 'b1']",
    ),
    ("filter(range(0, 6), lambda('i', equals(mod(lambdaVariables('i'), 2), 0)))", "[0 2 4]"),
    ("filter(createArray('a', 'b'), lambda('x', 'i', equals(lambdaVariables('i'), 1)))", "['b']"),
    (
        "reduce(range(1, 4), 0, lambda('sum', 'n', add(lambdaVariables('sum'), lambdaVariables('n'))))",
        "10",
    ),
    (
        "reduce(createArray('a', 'b'), '', lambda('s', 'n', 'i', concat(lambdaVariables('s'), lambdaVariables('n'), lambdaVariables('i'))))",
        "'a0b1'",
    ),
    (
        "sort(createArray(3, 1, 2, 1), lambda('a', 'b', less(lambdaVariables('a'), lambdaVariables('b'))))",
        "[1 1 2 3]",
    ),
    (
        "toObject(createArray('a', 'b'), lambda('x', toUpper(lambdaVariables('x'))))",
        "{A='a' B='b'}",
    ),
    (
        "toObject(createArray('a'), lambda('x', lambdaVariables('x')), lambda('x', length(lambdaVariables('x'))))",
        "{a=1}",
    ),
    (
        "groupBy(createArray('ab', 'c', 'ad'), lambda('x', first(lambdaVariables('x'))))",
        "{a=['ab' 'ad'] c=['c']}",
    ),
    (
        "mapValues(createObject('a', 1, 'b', 2), lambda('v', add(lambdaVariables('v'), 1)))",
        "{a=2 b=3}",
    ),
    (
        "map(range(0, 2), lambda('i', map(range(0, 2), lambda('j', add(lambdaVariables('j'), mul(10, lambdaVariables('i')))))))",
        "[[0 1] [10 11]]",
    ),
    ("map(createArray(createObject('a', 1)), lambda('x', lambdaVariables('x').a))", "[1]"),
    // Parts of what is known in part only.
    ("if(parameters('nsgName'), 'a', 'a')", "'a'"),
    ("and(false(), parameters('nsgName'))", "false"),
    ("or(parameters('nsgName'), true())", "true"),
    ("empty(concat('x', parameters('nsgName')))", "false"),
    ("equals(concat('x', parameters('nsgName')), 'y')", "false"),
    ("equals(concat(parameters('nsgName'), '-nsg'), 'x-vm')", "false"),
    ("equals(concat('abc', parameters('nsgName'), 'def'), 'abcdef!')", "false"),
    ("equals(parameters('nsgName'), parameters('NSGNAME'))", "true"),
    (
        "equals(parameters('nsgName'), variables('name'))",
        "~{equals(parameters('nsgName'), '{parameters(''nsgName'')}-nsg')}",
    ),
    ("startsWith(concat('Deny-', parameters('nsgName')), 'deny')", "true"),
    ("startsWith(concat('Deny-', parameters('nsgName')), 'allow')", "false"),
    ("endsWith(variables('name'), '-NSG')", "true"),
    ("first(concat('x', parameters('nsgName')))", "'x'"),
    ("last(variables('name'))", "'g'"),
    ("take(concat('ab', parameters('nsgName')), 2)", "'ab'"),
    ("substring(concat('abc', parameters('nsgName')), 1, 2)", "'bc'"),
    ("contains(variables('name'), '-ns')", "true"),
    ("contains('abc', concat('x', parameters('nsgName')))", "false"),
    ("contains(createArray(parameters('nsgName'), 'a'), 'a')", "true"),
    ("length(createArray(parameters('nsgName'), 'a'))", "2"),
    ("createArray(parameters('nsgName'), 'a')[1]", "'a'"),
    ("first(concat(createArray('a'), parameters('nsgName')))", "'a'"),
    ("last(concat(parameters('nsgName'), createArray('a')))", "'a'"),
    ("empty(concat(createArray('a'), parameters('nsgName')))", "false"),
    ("contains(concat(createArray('a'), parameters('nsgName')), 'a')", "true"),
    ("indexOf(createArray('a', parameters('nsgName')), 'a')", "0"),
    ("tryIndexFromEnd(concat(parameters('nsgName'), createArray('a')), 1)", "'a'"),
    ("union(parameters('nsgName'), createObject('a', 1)).a", "1"),
    ("take(concat(createArray(1, 2), parameters('nsgName')), 2)", "[1 2]"),
    ("length(map(createArray(1, parameters('nsgName')), lambda('x', lambdaVariables('x'))))", "2"),
    ("contains(subscription(), 'id')", "true"),
];

#[test]
fn functions_have_the_values_that_are_documented() {
    for (text, expected) in KNOWN {
        let (value, why, _) = evaluated(&format!("[{text}]"));
        assert_eq!(
            (value.as_str(), why.is_some()),
            (*expected, expected.starts_with('~')),
            "{text}: {why:?}"
        );
    }
}

const NO_NAME: &str = "the parameter `nsgName` has no default value";

/// Expressions without the brackets, why they are unknown, and the text that makes them so.
pub(super) const UNKNOWN: &[(&str, &str, &str)] = &[
    ("contains(createArray(parameters('nsgName')), 'a')", NO_NAME, "parameters('nsgName')"),
    ("length(concat(createArray('a'), parameters('nsgName')))", NO_NAME, "parameters('nsgName')"),
    ("length(variables('name'))", NO_NAME, "parameters('nsgName')"),
    (
        "equals(parameters('any'), concat(parameters('any')))",
        "the parameter `any` has no default value",
        "parameters('any')",
    ),
    ("last(concat(createArray('a'), parameters('nsgName')))", NO_NAME, "parameters('nsgName')"),
    ("and(true(), parameters('nsgName'))", NO_NAME, "parameters('nsgName')"),
    ("or(false(), parameters('nsgName'))", NO_NAME, "parameters('nsgName')"),
    ("if(parameters('nsgName'), 'a', 'b')", NO_NAME, "parameters('nsgName')"),
    ("coalesce(parameters('nsgName'), 'b')", NO_NAME, "parameters('nsgName')"),
    ("empty(parameters('nsgName'))", NO_NAME, "parameters('nsgName')"),
    ("createObject(parameters('nsgName'), 1)", NO_NAME, "parameters('nsgName')"),
    ("union(createObject('a', 1), parameters('nsgName')).a", NO_NAME, "parameters('nsgName')"),
    ("items(union(parameters('nsgName'), createObject('a', 1)))", NO_NAME, "parameters('nsgName')"),
    ("map(parameters('nsgName'), lambda('x', 1))", NO_NAME, "parameters('nsgName')"),
    (
        "sort(createArray(1, parameters('nsgName')), lambda('a', 'b', less(lambdaVariables('a'), lambdaVariables('b'))))",
        NO_NAME,
        "parameters('nsgName')",
    ),
    ("cidrSubnet('10.0.0.0/8', 16, parameters('nsgName'))", NO_NAME, "parameters('nsgName')"),
    ("add(1, true)", "`add` does not take a boolean as argument 2", "true"),
    (
        "add(9223372036854775807, 1)",
        "`add`: the result does not fit 64 bits",
        "add(9223372036854775807, 1)",
    ),
    (
        "add(99999999999999999999, 1)",
        "`add`: the number is not a whole one of 64 bits",
        "99999999999999999999",
    ),
    (
        "div(-9223372036854775808, -1)",
        "`div`: the result does not fit 64 bits",
        "div(-9223372036854775808, -1)",
    ),
    ("div(1, 0)", "`div`: there is no division by zero", "0"),
    ("mod(1, 0)", "`mod`: there is no division by zero", "0"),
    ("int('1.5')", "`int`: the text is not a whole number", "'1.5'"),
    ("range(0, 1000000000)", "`range`: a range has up to 10000 numbers", "1000000000"),
    ("range(2147483647, 1)", "`range`: the range ends beyond 2147483647", "2147483647"),
    (
        "padLeft('', 1000000000)",
        "evaluation was stopped: a text or list grows too long",
        "padLeft('', 1000000000)",
    ),
    (
        "substring('abc', 2, 2)",
        "`substring`: there is no such part in the string",
        "substring('abc', 2, 2)",
    ),
    ("take('😀', 1)", "`take`: a character would be cut in two", "1"),
    ("first(createArray())", "`first`: the list is empty", "createArray()"),
    ("max(createArray())", "`max`: the list is empty", "createArray()"),
    ("split('a', '')", "`split`: the delimiter is empty", "''"),
    (
        "replace('aA', 'a', 'b')",
        "`replace`: the text has the string also in another case",
        "replace('aA', 'a', 'b')",
    ),
    ("bool('yes')", "`bool`: it is neither true nor false", "'yes'"),
    ("json('{')", "`json`: the text is not JSON", "'{'"),
    ("base64ToString('a')", "`base64ToString`: it is not base64 of a text in UTF-8", "'a'"),
    ("less('a-b', 'ab')", "`less`: the order of the two strings is not known", "less('a-b', 'ab')"),
    ("createObject('a')", "`createObject`: the last name has no value", "createObject('a')"),
    ("cidrSubnet('10.0.0.0/8', 9, 2)", "`cidrSubnet`: there is no such subnet in the range", "2"),
    (
        "cidrSubnet('10.0.0.0/8', 7, 0)",
        "`cidrSubnet`: the prefix is shorter than that of the range, or too long",
        "7",
    ),
    ("cidrHost('10.0.0.0/30', 2)", "`cidrHost`: there is no such host in the range", "2"),
    (
        "parseCidr('10.0.0.1/8')",
        "`parseCidr`: the address has bits beyond its prefix",
        "'10.0.0.1/8'",
    ),
    ("parseCidr('10.0.0/8')", "`parseCidr`: it is not an address range", "'10.0.0/8'"),
    (
        "dateTimeToEpoch('2023-02-29T00:00:00Z')",
        "`dateTimeToEpoch`: it is not a date such as `2023-05-02T15:16:13Z`",
        "'2023-02-29T00:00:00Z'",
    ),
    (
        "lambda('x', 1)",
        "`lambda`: it can only be an argument of `map` and the like",
        "lambda('x', 1)",
    ),
    ("lambdaVariables('x')", "`lambdaVariables`: no lambda around it has such a variable", "'x'"),
    ("map(createArray(1), 'x')", "`map`: the argument has to be a lambda", "'x'"),
    (
        "map(createArray(1), lambda('x', 'y', 'z', 1))",
        "`map`: the lambda has too few or too many variables",
        "lambda('x', 'y', 'z', 1)",
    ),
    (
        "filter(createArray(1), lambda('x', 1))",
        "`filter` does not take a number as argument 2",
        "lambda('x', 1)",
    ),
    ("reference('x').a", "`x` is asked for, and the template does not deploy it", "reference('x')"),
    (
        "listKeys('x', 'y')",
        "the result of a `list` function is known only at deployment",
        "listKeys('x', 'y')",
    ),
    ("deployment().name", "the deployment is known only at deployment", "deployment()"),
    ("utcNow('d')", "the time is known only at deployment", "utcNow('d')"),
    ("guid('a')", "the function `guid` is not evaluated", "guid('a')"),
    (
        "uniqueString(parameters('nsgName'))",
        "the parameter `nsgName` has no default value",
        "parameters('nsgName')",
    ),
    ("if(true())", "`if` does not take 1 arguments", "if(true())"),
];

#[test]
fn what_is_unknown_says_why_and_where() {
    for (text, why, place) in UNKNOWN {
        let (value, found, at) = evaluated(&format!("[{text}]"));
        assert!(value.starts_with('~'), "{text}: {value}");
        assert_eq!((found.as_deref(), at.as_str()), (Some(*why), *place), "{text}");
    }
}

#[test]
fn unknown_calls_are_told_from_each_other_by_their_arguments() {
    for (one, other, equal) in [
        ("guid('a', 'b')", "guid('a', 'b')", true),
        ("guid('a')", "guid('b')", false),
        ("uniqueString(parameters('nsgName'))", "uniqueString(parameters('NSGNAME'))", true),
        ("uniqueString(variables('name'))", "uniqueString(parameters('nsgName'))", false),
        ("toLower(createObject('a', 1))", "toLower(createObject('a', 1))", true),
        (
            "guid(string(createObject('a', parameters('nsgName'))))",
            "guid(string(createObject('a', 1)))",
            false,
        ),
    ] {
        let (one, other) = (evaluated(&format!("[{one}]")).0, evaluated(&format!("[{other}]")).0);
        assert!(one.starts_with('~'), "{one}");
        assert_eq!(one == other, equal, "{one} {other}");
    }
    let (value, ..) = evaluated(
        "[map(createArray('a', 'b'), lambda('x', parameters('half')[lambdaVariables('x')].no))]",
    );
    assert_eq!(
        value,
        "[~{parameters('half')[lambdaVariables('x')].no, x='a'} ~{parameters('half')[lambdaVariables('x')], x='b'.no}]"
    );
}

#[test]
fn elements_that_are_perhaps_in_a_list_stand_for_any_number() {
    for (text, expected) in [
        (
            "union(createArray('a', parameters('nsgName')), createArray('b'))",
            "['a' ~{parameters('nsgName')} ~{union(['a', parameters('nsgName')], ['b'])}]",
        ),
        (
            "filter(createArray('a'), lambda('x', equals(lambdaVariables('x'), parameters('nsgName'))))",
            "[~{filter(createArray('a'), lambda('x', equals(lambdaVariables('x'), parameters('nsgName')))) of equals('a', parameters('nsgName'))}]",
        ),
        (
            "skip(concat(parameters('nsgName'), createArray(1, 2)), 1)",
            "[~{skip([parameters('nsgName'), 1, 2], 1)}]",
        ),
        (
            "take(concat(createArray(1), parameters('nsgName'), createArray(2)), 2)",
            "[1 ~{take([1, parameters('nsgName'), 2], 2)}]",
        ),
    ] {
        assert_eq!(evaluated(&format!("[{text}]")).0, expected, "{text}");
        let (length, why, _) = evaluated(&format!("[length({text})]"));
        assert!(length.starts_with('~') && why.is_some(), "{text}: {length}");
    }
}
