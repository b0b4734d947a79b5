using System.Globalization;
using System.Text.Json;
using CityPerception.Hosting;
using CityPerception.Scanning;
using CityPerception.Storage.Operations;
using CityPerception.Storage.Stores;

namespace CityPerception.Cli;

/// <summary>The work of <c>scan</c>.</summary>
internal static partial class Work
{
    public static async Task<int> ScanAsync(ScanArguments arguments, CancellationToken cancellationToken)
    {
        Settings settings = Settings.LoadFor(arguments.DataDirectory, arguments.Set);
        if (settings.Faults.Count > 0) return Faults(settings.Faults, ExitCode.BadUsage);
        StoreOptions store = StorageParts.ReadStore(settings.Root, arguments.DataDirectory);
        if (new StoreOptionsValidator().Validate(null, store) is { Failed: true, Failures: var failures }) return Faults(failures, ExitCode.BadUsage);
        OperationsOptions operations = OperationsParts.Read(settings.Root, arguments.DataDirectory);
        if (new OperationsRules().Validate(null, operations) is { Failed: true, Failures: var missing }) return Faults(missing, ExitCode.BadUsage);

        ScanResult result = await new PersonalDataScan(arguments.DataDirectory, store, operations).RunAsync(arguments.Paths, cancellationToken);
        bool isClean = result.Found == 0 && result.Faults.Count == 0;
        if (arguments.AsJson)
        {
            Terminal.Out.Line(JsonSerializer.Serialize(new ScanAnswer(isClean, result.Texts, result.Found, result.Places, result.Findings, result.Faults), ScanJson.Default.ScanAnswer));
            return isClean ? ExitCode.Ok : ExitCode.Failed;
        }

        Terminal.Out.Table(
            ["Place 位置", "Texts 文本", "Found 发现", "Note 备注"],
            [.. result.Places.Select(p => (string[])[p.Name, p.Texts.ToString(CultureInfo.InvariantCulture), p.Found.ToString(CultureInfo.InvariantCulture), p.Note])]);
        foreach (ScanFinding finding in result.Findings) Terminal.Out.Line($"{Terminal.Escape(finding.Where)}: {Terminal.Escape(finding.Masked)}");
        if (result.Found > result.Findings.Count) Terminal.Out.Line($"… and {result.Found - result.Findings.Count} more. 其余 {result.Found - result.Findings.Count} 处从略。");
        foreach (string fault in result.Faults) Terminal.Error.Verdict(false, Terminal.Escape(fault));
        Terminal.Out.Verdict(isClean, (result.Found, result.Faults.Count) switch
        {
            (0, 0) => $"Nothing found in {result.Texts} texts. 共检查 {result.Texts} 条文本，未发现个人信息。",
            (0, _) => $"Nothing found in {result.Texts} texts, but not everything could be looked at. 未发现个人信息，但有内容无法扫描。",
            _ => $"{result.Found} of {result.Texts} texts hold personal data. {result.Texts} 条文本中有 {result.Found} 条含个人信息。",
        });
        return isClean ? ExitCode.Ok : ExitCode.Failed;
    }

    private static int Faults(IEnumerable<string> faults, int exitCode)
    {
        foreach (string fault in faults) Terminal.Error.Verdict(false, Terminal.Escape(fault));
        return exitCode;
    }
}
