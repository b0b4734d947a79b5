using System.Text;
using CityPerception.Cli;
using CityPerception.Core.Configuration;
using CityPerception.Core.Observations;
using CityPerception.DeadLetters;
using CityPerception.Sources;
using CityPerception.Storage.DeadLetters;

namespace CityPerception.Tests.Cli;

public sealed class ReportTests : IDisposable
{
    private readonly StringWriter _output = new(), _notes = new();

    private string Output => _output.ToString().ReplaceLineEndings("\n");

    private Terminal Terminal => new(_output, forPeople: false);

    public void Dispose()
    {
        _output.Dispose();
        _notes.Dispose();
    }

    [Fact]
    public void Check_Faults_AreListedByPlaceWithWhatIsAllowed()
    {
        var report = new CheckReport(5,
        [
            new ConfigFault(new ConfigPlace("sources/b.yaml", 7, 3), "decode", "jsno", "json, senml, line-protocol", "json"),
            new ConfigFault(new ConfigPlace("sources/a.yaml", 12, 9), "observation.fields.pm25.unit", "mgm3", "ug/m3, mg/m3"),
            new ConfigFault(new ConfigPlace("sources/a.yaml", 2, 1), "sense", "things", "thing, human", "thing"),
        ]);

        Assert.Equal(1, CheckReport.Print(Terminal, report));
        Assert.Equal(
            """
            sources/a.yaml:2:1: sense
                found      things
                allowed    thing, human
                perhaps    thing
            sources/a.yaml:12:9: observation.fields.pm25.unit
                found      mgm3
                allowed    ug/m3, mg/m3
            sources/b.yaml:7:3: decode
                found      jsno
                allowed    json, senml, line-protocol
                perhaps    json
            3 faults in 2 files of 5. 5 个文件中有 2 个共 3 处错误。

            """.ReplaceLineEndings("\n"), Output);
    }

    [Fact]
    public void Check_NoFaults_IsOk()
    {
        Assert.Equal(0, CheckReport.Print(Terminal, new CheckReport(1, [])));
        Assert.Contains("1 file, no faults.", Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Try_LinesAndRejections_AreKeptApart()
    {
        var report = new Trial(["noise,device=N1 leq=54.2 1"], [new Rejection(RejectionReason.OutOfRange, 1, "$.leq", "found 540; allowed 0 to 150 dB")], Filtered: 2);

        Assert.Equal(1, TryReport.Print(Terminal, new Terminal(_notes, forPeople: false), report));
        Assert.Equal("noise,device=N1 leq=54.2 1\n", Output);
        Assert.Contains("element 1: $.leq: out_of_range: found 540; allowed 0 to 150 dB", _notes.ToString(), StringComparison.Ordinal);
        Assert.Contains("1 accepted, 1 rejected, 2 filtered", _notes.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void DeadLetter_WithEscapeSequences_CannotSteerTheTerminal()
    {
        DeadLetterReport.PrintOne(Terminal, Letter("{\"a\":\"\u001b[2J\u0007\"}"u8.ToArray(), detail: "found '\u001b]0;x\u0007'"));

        Assert.DoesNotContain('\u001b', Output);
        Assert.DoesNotContain('\u0007', Output);
        Assert.Contains("\\x1b[2J", Output, StringComparison.Ordinal);
    }

    [Fact]
    public void DeadLetter_Binary_IsShownInHex()
    {
        DeadLetterReport.PrintOne(Terminal, Letter([0xff, 0x00, .. Encoding.ASCII.GetBytes("0123456789abcdef")]));

        Assert.Contains("000000  ff00303132333435363738396162636" + "4  ..0123456789abcd", Output, StringComparison.Ordinal);
        Assert.Contains("000010  6566", Output, StringComparison.Ordinal);
    }

    [Fact]
    public void DeadLetters_InAList_StandInColumnsWhateverTheirScript()
    {
        DeadLetterReport.PrintList(Terminal, [Letter([1]).Letter, Letter([1, 2]).Letter with { Source = "空气站" }], state: null);

        string[] lines = Output.TrimEnd().Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.Equal(lines[1].IndexOf("out_of_range", StringComparison.Ordinal), lines[2].IndexOf("out_of_range", StringComparison.Ordinal) + "空气站".Length);
    }

    private static LetterDetails Letter(byte[] payload, string detail = "found 540") => LetterDetails.Of(DeadLetter.Create(
        DeadLetterKind.Message, "noise-meter", "mqtt", "city/noise/N1", DateTimeOffset.UnixEpoch, [new Rejection(RejectionReason.OutOfRange, 0, "$.leq", detail)], payload));
}
