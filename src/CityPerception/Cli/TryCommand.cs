using System.CommandLine;

namespace CityPerception.Cli;

/// <summary>A sample to be tried.</summary>
/// <param name="ConfigDirectory">Where the source is described.</param>
/// <param name="Source">The source's name.</param>
/// <param name="Payload">The message's bytes.</param>
/// <param name="Topic">The MQTT topic it is to have come by; null for none.</param>
internal sealed record TryArguments(string ConfigDirectory, string Source, ReadOnlyMemory<byte> Payload, string? Topic);

/// <summary><c>try</c>: shows what a sample becomes; stores nothing.</summary>
internal static class TryCommand
{
    public static Command Create()
    {
        var source = new Argument<string>("SOURCE") { Description = "The source's name, as in its file. 数据源名称" };
        var file = new Argument<string>("FILE") { Description = "A file with one message; - is standard input. 样例文件", DefaultValueFactory = _ => "-" };
        var topic = new Option<string?>("--topic") { HelpName = "T", Description = "The MQTT topic it came by, where the mapping reads it (none by default). MQTT 主题" };
        Option<string> config = SharedOptions.Config();
        var command = new Command("try", "Decodes and maps a sample; prints line protocol and rejections; stores nothing. 试运行一条样例") { source, file, topic, config };
        command.WithExamples(
            ("cityperception try air-station sample.json", "what the file becomes · 查看样例的结果"),
            ("echo '{\"v\":1}' | cityperception try noise-meter - --topic city/noise/N01", "from standard input, with a topic · 从标准输入读取"));
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string path = parsed.GetRequiredValue(file);
            if (path != "-" && !File.Exists(path))
            {
                Terminal.Error.Verdict(false, $"The file '{path}' does not exist. 文件不存在。");
                return ExitCode.BadUsage;
            }

            byte[] payload = path == "-" ? await ReadStandardInputAsync(cancellationToken) : await File.ReadAllBytesAsync(path, cancellationToken);
            return await Work.TryAsync(new TryArguments(parsed.GetRequiredValue(config), parsed.GetRequiredValue(source), payload, parsed.GetValue(topic)));
        });
        return command;
    }

    private static async Task<byte[]> ReadStandardInputAsync(CancellationToken cancellationToken)
    {
        await using Stream input = Console.OpenStandardInput();
        using var bytes = new MemoryStream();
        await input.CopyToAsync(bytes, cancellationToken);
        return bytes.ToArray();
    }
}
