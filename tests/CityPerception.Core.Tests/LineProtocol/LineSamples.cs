using CityPerception.Core.Observations;

namespace CityPerception.Core.Tests.LineProtocol;

/// <summary>Lines that several tests share: good ones, with what they say, and bad ones, with what is wrong and where.</summary>
public static class LineSamples
{
    /// <summary>Text, and what it says in the notation of <see cref="LineDump"/>.</summary>
    public static TheoryData<string, string> Good => new()
    {
        { "m f=1", "m | | f:Float=1 |" },
        { "m f=1 5", "m | | f:Float=1 | 5" },
        { "m f=1 -5\n", "m | | f:Float=1 | -5" },
        { "m f=1 5\r\n", "m | | f:Float=1 | 5" },
        { "m f=1\r\n", "m | | f:Float=1 |" },
        { "m f=t\r", "m | | f:Boolean=True |" },
        { "m   f=1   5   \n", "m | | f:Float=1 | 5" },
        { "  m f=1", "m | | f:Float=1 |" },
        { "m f=1 9223372036854775807", "m | | f:Float=1 | 9223372036854775807" },
        { "m f=1 -9223372036854775808", "m | | f:Float=1 | -9223372036854775808" },
        { "cpu,host=a,region=b usage=0.5,idle=99i 17", "cpu | host=a region=b | usage:Float=0.5 idle:Integer=99 | 17" },
        { "cpu,region=b,host=a f=1", "cpu | region=b host=a | f:Float=1 |" },
        { @"a\,b\ c\=d,k\,1\ 2\=3=v\,1\ 2\=3 f\,1\ 2\=3=1", @"a,b c\=d | k,1 2=3=v,1 2=3 | f,1 2=3:Float=1 |" },
        { @"m\\\,x,k\y=\\\,z f=1", @"m\\,x | k\y=\\,z | f:Float=1 |" },
        { "m=1 f=1", "m=1 | | f:Float=1 |" },
        { "m,k=\"q\" f=1", "m | k=\"q\" | f:Float=1 |" },
        { "测量,区=潞州区 值=1.5", "测量 | 区=潞州区 | 值:Float=1.5 |" },
        { "m s=\"\"", "m | | s:String= |" },
        { "m s=\"a b,c=d\"", "m | | s:String=a b,c=d |" },
        { @"m s=""say \""hi\"" \\ \n""", @"m | | s:String=say ""hi"" \ \n |" },
        { @"m s=""\\"",t=""\\\"""" 3", @"m | | s:String=\ t:String=\"" | 3" },
        { "m s=\"one\ntwo f=1 5\n# three\" 5", "m | | s:String=one\ntwo f=1 5\n# three | 5" },
        { "m a=1,a=2", "m | | a:Float=1 a:Float=2 |" },
        { "m,#a=# #=1", "m | #a=# | #:Float=1 |" },
        { "# comment\n\n \t\r\nm f=1\n# end", "m | | f:Float=1 |" },
        { "", "" },
        { " \n\r\n#", "" },
    };

    /// <summary>Values without quotes, and how they are read.</summary>
    public static TheoryData<string, string> GoodValues => new()
    {
        { "0", "Float=0" }, { "-0", "Float=-0" }, { "1.", "Float=1" }, { ".5", "Float=0.5" }, { "-.5", "Float=-0.5" }, { "+1.5", "Float=1.5" },
        { "1e3", "Float=1000" }, { "1E+3", "Float=1000" }, { "-1.5e-3", "Float=-0.0015" }, { "1e-999", "Float=0" },
        { "0.1", "Float=0.1" }, { "35.123456789012345", "Float=35.123456789012344" }, { "999999999999999", "Float=999999999999999" },
        { "1.7976931348623157e308", "Float=1.7976931348623157E+308" }, { "5e-324", "Float=5E-324" }, { "9007199254740993", "Float=9007199254740992" },
        { "123456789012345678901234567890", "Float=1.2345678901234568E+29" }, { "000000000000000000000001", "Float=1" },
        { "0i", "Integer=0" }, { "-1i", "Integer=-1" }, { "9223372036854775807i", "Integer=9223372036854775807" }, { "-9223372036854775808i", "Integer=-9223372036854775808" },
        { "0u", "Unsigned=0" }, { "18446744073709551615u", "Unsigned=18446744073709551615" },
        { "t", "Boolean=True" }, { "T", "Boolean=True" }, { "true", "Boolean=True" }, { "True", "Boolean=True" }, { "TRUE", "Boolean=True" },
        { "f", "Boolean=False" }, { "F", "Boolean=False" }, { "false", "Boolean=False" }, { "False", "Boolean=False" }, { "FALSE", "Boolean=False" },
    };

    /// <summary>Values without quotes that are none.</summary>
    public static TheoryData<string, RejectionReason> BadValues => new()
    {
        { "1e999", RejectionReason.NumberInvalid }, { "-1e999", RejectionReason.NumberInvalid }, { "NaN", RejectionReason.NumberInvalid },
        { "nan", RejectionReason.NumberInvalid }, { "Inf", RejectionReason.NumberInvalid }, { "-inf", RejectionReason.NumberInvalid }, { "+Infinity", RejectionReason.NumberInvalid },
        { "9223372036854775808i", RejectionReason.NumberInvalid }, { "-9223372036854775809i", RejectionReason.NumberInvalid },
        { "18446744073709551616u", RejectionReason.NumberInvalid }, { "-1u", RejectionReason.NumberInvalid }, { "1.5i", RejectionReason.NumberInvalid },
        { "1e3i", RejectionReason.NumberInvalid }, { "-", RejectionReason.NumberInvalid }, { ".", RejectionReason.NumberInvalid }, { "1e", RejectionReason.NumberInvalid },
        { "1.2.3", RejectionReason.NumberInvalid }, { "1-2", RejectionReason.NumberInvalid }, { "0x10", RejectionReason.NumberInvalid }, { "1_000", RejectionReason.NumberInvalid },
        { "--1", RejectionReason.NumberInvalid }, { "12ii", RejectionReason.NumberInvalid },
        { "i", RejectionReason.SyntaxInvalid }, { "u", RejectionReason.SyntaxInvalid }, { "abc", RejectionReason.SyntaxInvalid }, { "tRUE", RejectionReason.SyntaxInvalid },
        { "yes", RejectionReason.SyntaxInvalid }, { "null", RejectionReason.SyntaxInvalid }, { "a\"b\"", RejectionReason.SyntaxInvalid },
    };

    /// <summary>Text with one bad line, the reason, and the fault's line and column.</summary>
    public static TheoryData<string, RejectionReason, int, int> Bad => new()
    {
        { "m", RejectionReason.SyntaxInvalid, 1, 2 },
        { "m ", RejectionReason.SyntaxInvalid, 1, 3 },
        { "m\n", RejectionReason.SyntaxInvalid, 1, 2 },
        { "m,k=v\r\n", RejectionReason.SyntaxInvalid, 1, 7 },
        { ",k=v f=1", RejectionReason.SyntaxInvalid, 1, 1 },
        { "m, f=1", RejectionReason.SyntaxInvalid, 1, 3 },
        { "m,=v f=1", RejectionReason.SyntaxInvalid, 1, 3 },
        { "m,k f=1", RejectionReason.SyntaxInvalid, 1, 4 },
        { "m,k= f=1", RejectionReason.TagValueInvalid, 1, 5 },
        { "m,k=,l=1 f=1", RejectionReason.TagValueInvalid, 1, 5 },
        { "m,k=a=b f=1", RejectionReason.SyntaxInvalid, 1, 6 },
        { "m,a=1,a=2 f=1", RejectionReason.DuplicateKey, 1, 7 },
        { "m,a=1,b=1,a=2 f=1", RejectionReason.DuplicateKey, 1, 11 },
        { "m,b=1,a=1,c=1,b=2 f=1", RejectionReason.DuplicateKey, 1, 15 },
        { "m,a\\ b=1,a\\ b=2 f=1", RejectionReason.DuplicateKey, 1, 10 },
        { "m f", RejectionReason.SyntaxInvalid, 1, 4 },
        { "m =1", RejectionReason.SyntaxInvalid, 1, 3 },
        { "m f=", RejectionReason.SyntaxInvalid, 1, 5 },
        { "m f= 5", RejectionReason.SyntaxInvalid, 1, 5 },
        { "m f=1,", RejectionReason.SyntaxInvalid, 1, 7 },
        { "m f=1, g=2", RejectionReason.SyntaxInvalid, 1, 7 },
        { "m f=1,,g=2", RejectionReason.SyntaxInvalid, 1, 7 },
        { "m f=\"a\"b", RejectionReason.SyntaxInvalid, 1, 8 },
        { "m f=\"a\" \"b\"", RejectionReason.TimeInvalid, 1, 9 },
        { "m f=1 x", RejectionReason.TimeInvalid, 1, 7 },
        { "m f=1 1.5", RejectionReason.TimeInvalid, 1, 7 },
        { "m f=1 9223372036854775808", RejectionReason.TimeInvalid, 1, 7 },
        { "m f=1 5 6", RejectionReason.SyntaxInvalid, 1, 9 },
        { "m f=1 5 g=2", RejectionReason.SyntaxInvalid, 1, 9 },
        { "\n# c\n  m f=x", RejectionReason.SyntaxInvalid, 3, 7 },
        { "m s=\"1\n2\n3\",f=x 5", RejectionReason.SyntaxInvalid, 3, 6 },
    };

    /// <summary>Strings without end.</summary>
    public static TheoryData<string> Endless => ["m f=\"", "m f=\"a", "m f=\"a\\\"", "m f=\"a\\", "m f=\"a\\\\\\\""];
}
