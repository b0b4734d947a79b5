using CityPerception.DeadLetters;
using CityPerception.Hosting;
using CityPerception.Imports;

namespace CityPerception.Cli;

/// <summary>The work of <c>import</c>.</summary>
internal static partial class Work
{
    public static async Task<int> ImportAsync(ImportArguments arguments, CancellationToken cancellationToken)
    {
        if (arguments.Files.FirstOrDefault(f => !File.Exists(f)) is { } missing) return BadUsage($"The file '{missing}' does not exist. 文件不存在。");
        try
        {
            ImporterReply reply = await FindImporterAsync(arguments, cancellationToken);
            foreach (string fault in reply.Faults) Terminal.Error.Verdict(false, Terminal.Escape(fault));
            if (reply.Importer is not { } importer) return reply.IsBadUsage ? ExitCode.BadUsage : ExitCode.Failed;

            await using (importer)
            {
                var session = new ImportSession(importer, arguments, Terminal.Error, TimeProvider.System);
                int exitCode = ExitCode.Ok;
                foreach (string file in arguments.Files)
                {
                    exitCode = Math.Max(exitCode, await session.ImportAsync(file, cancellationToken));
                    if (cancellationToken.IsCancellationRequested) return ExitCode.Failed;
                }

                await session.FinishAsync(cancellationToken);
                return exitCode;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Terminal.Error.Verdict(false, "Stopped. What was imported waits in the spool, and the next server stores it. 已停止，已导入的数据将由服务写入存储。");
            return ExitCode.Failed;
        }
    }

    private static async Task<ImporterReply> FindImporterAsync(ImportArguments arguments, CancellationToken cancellationToken)
    {
        // The server that has the directory open, if one has: it owns the spool, and knows the configuration that counts.
        ServeArguments server = arguments.Server;
        if (InstanceFile.Read(server.DataDirectory) is { } address && await ServerImporter.TryConnectAsync(address, arguments.Source, cancellationToken) is { } reply) return reply;
        return await OfflineImporter.OpenAsync(server, arguments.Source, cancellationToken);
    }
}
