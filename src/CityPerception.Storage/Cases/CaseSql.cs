using System.Data;
using System.Data.Common;
using CityPerception.Core.Cases;
using Npgsql;

namespace CityPerception.Storage.Cases;

/// <summary>What is said to either database by the thousand, below EF Core: it keeps no list of what it has written.</summary>
internal abstract class CaseSql
{
    /// <summary>The columns with how a row's value goes into them.</summary>
    private protected static readonly (string Name, DbType Type, Func<CaseRow, object?> Get)[] Columns =
    [
        ("edition", DbType.Int32, static c => c.Edition),
        ("source", DbType.String, static c => c.Source),
        ("id", DbType.String, static c => c.Id),
        ("state", DbType.String, static c => c.State),
        ("district", DbType.String, static c => c.District),
        ("grid", DbType.String, static c => c.Grid),
        ("category", DbType.String, static c => c.Category),
        ("dept", DbType.String, static c => c.Dept),
        ("begun_at", DbType.Int64, static c => c.BegunAt.ToUnixTimeMilliseconds()),
        ("changed_at", DbType.Int64, static c => c.ChangedAt.ToUnixTimeMilliseconds()),
        ("ended_at", DbType.Int64, static c => c.EndedAt?.ToUnixTimeMilliseconds()),
        ("deadline_at", DbType.Int64, static c => c.DeadlineAt?.ToUnixTimeMilliseconds()),
        ("is_deadline_sent", DbType.Boolean, static c => c.IsDeadlineSent),
        ("is_open", DbType.Boolean, static c => c.IsOpen),
        ("misses", DbType.Boolean, static c => c.Misses),
        ("on_time", DbType.Boolean, static c => c.OnTime),
        ("reworks", DbType.Int32, static c => c.Reworks),
        ("returns", DbType.Int32, static c => c.Returns),
        ("mediated", DbType.Boolean, static c => c.Mediated),
        ("agreed", DbType.Boolean, static c => c.Agreed),
        ("clock_at", DbType.Int64, static c => c.ClockAt?.ToUnixTimeMilliseconds()),
        ("is_cut", DbType.Boolean, static c => c.IsCut),
        ("events", DbType.Binary, static c => c.Events),
    ];

    private protected static readonly string Upsert =
        $"INSERT INTO cases ({string.Join(", ", Columns.Select(c => c.Name))}) VALUES ({string.Join(", ", Columns.Select(c => "@" + c.Name))})"
        + $" ON CONFLICT (edition, source, id) DO UPDATE SET {string.Join(", ", Columns.Skip(3).Select(c => $"{c.Name} = excluded.{c.Name}"))}";

    public static CaseSql Of(DbConnection connection) => connection is NpgsqlConnection ? new Postgres() : new Sqlite();

    /// <summary>Nobody else changes cases until the transaction ends, in whatever process: two that read the same row would each forget what the other adds.</summary>
    public abstract Task LockAsync(DbTransaction transaction, CancellationToken cancellationToken);

    /// <summary>The points kept of those cases of an edition that are there.</summary>
    public abstract Task<Dictionary<CaseKey, byte[]>> LoadAsync(DbTransaction transaction, int edition, IReadOnlyCollection<CaseKey> keys, CancellationToken cancellationToken);

    /// <summary>Writes rows over those that are there.</summary>
    public abstract Task WriteAsync(DbTransaction transaction, IReadOnlyCollection<CaseRow> rows, CancellationToken cancellationToken);

    /// <summary>Deletes some cases of other editions than these two, and says how many.</summary>
    public async Task<int> DeleteOthersAsync(DbTransaction transaction, int edition, int? draft, int limit, CancellationToken cancellationToken)
    {
        await using DbCommand command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"DELETE FROM cases WHERE {RowAddress} IN (SELECT {RowAddress} FROM cases WHERE edition <> @edition AND edition <> @draft LIMIT @limit)";
        Add(command, "@edition", edition);
        Add(command, "@draft", draft ?? edition);
        Add(command, "@limit", limit);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Deletes some cases that ended before a time, and says how many.</summary>
    public async Task<int> DeleteEndedAsync(DbTransaction transaction, DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        await using DbCommand command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"DELETE FROM cases WHERE {RowAddress} IN (SELECT {RowAddress} FROM cases WHERE ended_at < @before LIMIT @limit)";
        Add(command, "@before", before.ToUnixTimeMilliseconds());
        Add(command, "@limit", limit);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>What the database calls the place of a row.</summary>
    private protected abstract string RowAddress { get; }

    private protected static DbParameter Add(DbCommand command, string name, object? value)
    {
        DbParameter parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value ?? DBNull.Value;
        command.Parameters.Add(parameter);
        return parameter;
    }

    /// <summary>In the process: a statement a row costs microseconds.</summary>
    private sealed class Sqlite : CaseSql
    {
        private protected override string RowAddress => "rowid";

        // Its transactions begin by taking the right to write.
        public override Task LockAsync(DbTransaction transaction, CancellationToken cancellationToken) => Task.CompletedTask;

        public override async Task<Dictionary<CaseKey, byte[]>> LoadAsync(DbTransaction transaction, int edition, IReadOnlyCollection<CaseKey> keys, CancellationToken cancellationToken)
        {
            Dictionary<CaseKey, byte[]> found = new(keys.Count);
            await using DbCommand command = transaction.Connection!.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = "SELECT events FROM cases WHERE edition = @edition AND source = @source AND id = @id";
            Add(command, "@edition", edition);
            DbParameter source = Add(command, "@source", ""), id = Add(command, "@id", "");
            await command.PrepareAsync(cancellationToken);
            foreach (CaseKey key in keys)
            {
                (source.Value, id.Value) = (key.Source, key.Id);
                if (await command.ExecuteScalarAsync(cancellationToken) is byte[] events) found.Add(key, events);
            }

            return found;
        }

        public override async Task WriteAsync(DbTransaction transaction, IReadOnlyCollection<CaseRow> rows, CancellationToken cancellationToken)
        {
            await using DbCommand command = transaction.Connection!.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = Upsert;
            DbParameter[] parameters = [.. Columns.Select(c => Add(command, "@" + c.Name, null))];
            await command.PrepareAsync(cancellationToken);
            foreach (CaseRow row in rows)
            {
                for (int i = 0; i < parameters.Length; i++) parameters[i].Value = Columns[i].Get(row) ?? DBNull.Value;
                await command.ExecuteNonQueryAsync(cancellationToken);
            }
        }
    }

    /// <summary>Over a network: many rows a round.</summary>
    private sealed class Postgres : CaseSql
    {
        private const int AtOnce = 1_000;

        // Any number will do, as long as nothing else in the database takes it.
        private const long LockNumber = 0x43_41_53_45;

        private protected override string RowAddress => "ctid";

        public override async Task LockAsync(DbTransaction transaction, CancellationToken cancellationToken)
        {
            await using DbCommand command = transaction.Connection!.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = $"SELECT pg_advisory_xact_lock({LockNumber})";
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        public override async Task<Dictionary<CaseKey, byte[]>> LoadAsync(DbTransaction transaction, int edition, IReadOnlyCollection<CaseKey> keys, CancellationToken cancellationToken)
        {
            Dictionary<CaseKey, byte[]> found = new(keys.Count);
            await using DbCommand command = transaction.Connection!.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = "SELECT source, id, events FROM cases JOIN unnest(@sources, @ids) AS wanted (source, id) USING (source, id) WHERE edition = @edition";
            Add(command, "edition", edition);
            Add(command, "sources", keys.Select(k => k.Source).ToArray());
            Add(command, "ids", keys.Select(k => k.Id).ToArray());
            await using DbDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken)) found.Add(new CaseKey(reader.GetString(0), reader.GetString(1)), (byte[])reader.GetValue(2));
            return found;
        }

        public override async Task WriteAsync(DbTransaction transaction, IReadOnlyCollection<CaseRow> rows, CancellationToken cancellationToken)
        {
            var connection = (NpgsqlConnection)transaction.Connection!;
            foreach (CaseRow[] part in rows.Chunk(AtOnce))
            {
                await using var batch = new NpgsqlBatch(connection, (NpgsqlTransaction)transaction);
                foreach (CaseRow row in part)
                {
                    var command = new NpgsqlBatchCommand(Upsert);
                    foreach ((string name, DbType type, Func<CaseRow, object?> get) in Columns)
                        command.Parameters.Add(new NpgsqlParameter(name, type) { Value = get(row) ?? DBNull.Value });
                    batch.BatchCommands.Add(command);
                }

                await batch.PrepareAsync(cancellationToken);
                await batch.ExecuteNonQueryAsync(cancellationToken);
            }
        }
    }
}
