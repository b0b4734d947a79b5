using System.CommandLine;
using CityPerception.Core.LineProtocol;
using CityPerception.Hosting;
using CityPerception.Imports;
using CityPerception.Imports.Reading;

namespace CityPerception.Cli;

/// <summary>What is to be imported, and with what.</summary>
/// <param name="Source">The source's name.</param>
/// <param name="Files">Paths.</param>
/// <param name="Choices">How they are to be read.</param>
/// <param name="Restart">From the beginning, whatever was done before.</param>
/// <param name="Server">Directories, and settings, for where no server runs.</param>
internal sealed record ImportArguments(string Source, IReadOnlyList<string> Files, ImportChoices Choices, bool Restart, ServeArguments Server);

/// <summary><c>import</c>: data of the past, from files.</summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        var source = new Argument<string>("SOURCE") { Description = "The source's name, as in its file; line-protocol for lines with the city's measurements. 数据源名称" };
        var files = new Argument<string[]>("FILE") { Description = "CSV, XLSX, JSON, NDJSON or line protocol. 要导入的文件", Arity = ArgumentArity.OneOrMore };
        Option<string> format = SharedOptions.Checked("--format", "F", "auto", $"{ImportFormats.Names}; auto tells it by name and content. 文件格式", f => f == "auto" || ImportFormats.TryParse(f, out _), $"auto, {ImportFormats.Names}");
        Option<string> encoding = SharedOptions.Checked("--encoding", "E", "auto", "utf-8 or gb18030 (GBK); auto tells it by the bytes. 文本编码", e => UploadQuery.TryEncoding(e, out _), "auto, utf-8, gb18030");
        var sheet = new Option<string?>("--sheet") { HelpName = "NAME", Description = "The sheet of a workbook (the first by default). 工作表名称" };
        Option<string> precision = SharedOptions.Checked("--precision", "P", "ns", "The unit of times in line protocol: ns, us, ms, s. 行协议的时间精度", p => TimePrecision.TryParse(p, out _), TimePrecision.Names);
        var restart = new Option<bool>("--restart") { Description = "From the first row, also if it is imported already (false by default). 从头开始" };
        Option<string> config = SharedOptions.Config(), data = SharedOptions.Data();
        Option<string[]> set = SharedOptions.Set();
        var command = new Command("import", "Imports files: a row, line or element is a message of the source. Goes on where it was interrupted; twice is as once. 导入历史数据文件，可断点续传")
        {
            source, files, format, sheet, encoding, precision, restart, data, config, set,
        };
        command.WithExamples(
            static help => help.WriteLine("""
                A running server with the data directory does it, with the configuration that it has; otherwise this command does, with
                --config, and ends when all of it is stored. Refused rows are written beside the input, as NAME.rejected.csv (or .ndjson,
                .lp) with row number and reason: correct them there and import that file. Exit code 1: rows were refused, or it stopped.
                有服务运行时由服务导入；否则由本命令写入存储。被拒绝的行保存在原文件旁，更正后可直接再次导入。
                """),
            ("cityperception import hotline-export 12345-2026-10.csv", "an export of the hotline · 导入热线工单"),
            ("cityperception import hotline-export 工单.xlsx --sheet 十月", "a sheet of a workbook · 导入工作表"),
            ("cityperception import air-station 2025/*.ndjson", "several files · 导入多个文件"),
            ("cityperception import line-protocol export.lp --precision s", "lines that another InfluxDB exported · 导入行协议"));
        command.SetAction((parsed, cancellationToken) =>
        {
            _ = ImportFormats.TryParse(parsed.GetRequiredValue(format) is "auto" ? null : parsed.GetValue(format), out ImportFormat? known);
            _ = UploadQuery.TryEncoding(parsed.GetValue(encoding), out ImportEncoding text);
            string unit = parsed.GetRequiredValue(precision);
            return Work.ImportAsync(
                new ImportArguments(
                    parsed.GetRequiredValue(source),
                    parsed.GetRequiredValue(files),
                    new ImportChoices(known, text, parsed.GetValue(sheet), unit == "ns" ? null : unit),
                    parsed.GetValue(restart),
                    new ServeArguments
                    {
                        ConfigDirectory = parsed.GetRequiredValue(config),
                        DataDirectory = parsed.GetRequiredValue(data),
                        Roles = Roles.Dispatch,
                        Set = parsed.GetValue(set) ?? [],
                    }),
                cancellationToken);
        });
        return command;
    }
}
