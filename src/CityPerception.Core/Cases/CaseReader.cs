using System.Globalization;
using System.Text;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Queries;

namespace CityPerception.Core.Cases;

/// <summary>Reads points of cases, from lines on their way to a store and from what a store answers, to the same.</summary>
public static class CaseReader
{
    /// <summary>The points of lines that belong to cases; lines without a case's id belong to none.</summary>
    public static List<(CaseKey Key, CaseEvent Point)> Read(LineBatch lines, CaseTerms terms)
    {
        List<(CaseKey, CaseEvent)> found = new(lines.Count);
        var reader = new LineProtocolReader(lines.Text.Span);
        Draft draft = new();
        while (reader.NextLine())
        {
            draft.Begin(reader.Measurement.ToString());
            while (reader.NextTag()) draft.Tag(Encoding.UTF8.GetString(reader.Key.Raw), reader.Value.ToString());
            while (reader.NextField())
            {
                string field = Encoding.UTF8.GetString(reader.Key.Raw);
                if (reader.Kind is LineFieldKind.String)
                {
                    if (field is "case_id" or "parent_source") draft.Field(field, reader.Value.ToString());
                }
                else if (reader.TryGetInt64(out long number))
                {
                    draft.Field(field, number);
                }
            }

            if (!reader.Failed && draft.End(reader.Time, terms) is { } point) found.Add(point);
        }

        return found;
    }

    /// <summary>The same of a point as a store has it; null if it belongs to no case.</summary>
    public static (CaseKey Key, CaseEvent Point)? Read(string measurement, Point point, CaseTerms terms)
    {
        Draft draft = new();
        draft.Begin(measurement);
        foreach ((string name, string value) in point.Tags) draft.Tag(name, value);
        foreach ((string name, object value) in point.Fields) draft.Field(name, value);
        return draft.End(point.TimeNs, terms);
    }

    /// <summary>A point whose parts come one by one.</summary>
    private sealed class Draft
    {
        // Twice what the schema allows. A database's index has a limit, and nothing that is stored may hold up the rest.
        private const int MaxIdLength = 256;

        private readonly List<string> _others = [];
        private string _measurement = "", _source = "", _id = "", _parent = "", _state = "", _district = "", _grid = "", _category = "", _dept = "";
        private long? _deadline;
        private bool? _onTime, _mediated, _agreed, _void;

        public void Begin(string measurement)
        {
            _measurement = measurement;
            _source = _id = _parent = _state = _district = _grid = _category = _dept = "";
            _deadline = null;
            _onTime = _mediated = _agreed = _void = null;
            _others.Clear();
        }

        public void Tag(string name, string value)
        {
            if (value.Length == 0) return; // a store's word for none
            value = WithoutNul(value);
            _ = name switch
            {
                "source" => _source = value,
                "state" => _state = value,
                "district" => _district = value,
                "grid" => _grid = value,
                "category" => _category = value,
                "dept" => _dept = value,
                _ => Other(name, value),
            };
        }

        public void Field(string name, object value)
        {
            if (value is string text)
            {
                text = WithoutNul(text);
                if (name == "case_id") _id = text;
                else if (name == "parent_source") _parent = text;
                return;
            }

            if (value is not IConvertible) return;
            long number = value is long whole ? whole : Convert.ToInt64(value, CultureInfo.InvariantCulture);
            bool isSet = number != 0;
            if (name == "deadline") _deadline = number;
            else if (name == "on_time") _onTime = isSet;
            else if (name == "mediated") _mediated = isSet;
            else if (name == "agreed") _agreed = isSet;
            else if (name == "void") _void = isSet;
        }

        public (CaseKey Key, CaseEvent Point)? End(long timeNs, CaseTerms terms)
        {
            if (_id.Length is 0 or > MaxIdLength || _state.Length == 0) return null;
            // Another system tells of a case, and says whose it is: who closes what residents reported does.
            string owner = _parent.Length > 0 && terms.Sources.Contains(_parent) ? _parent : _source;
            _others.Sort(StringComparer.Ordinal);
            return (new CaseKey(owner, _id), new CaseEvent
            {
                Measurement = _measurement,
                State = _state,
                TimeNs = timeNs,
                Teller = owner == _source ? "" : _source,
                District = _district,
                Grid = _grid,
                Category = _category,
                Dept = _dept,
                OtherTags = string.Join('\n', _others),
                Deadline = _deadline,
                OnTime = _onTime,
                Mediated = _mediated,
                Agreed = _agreed,
                Void = _void,
            });
        }

        // No text of PostgreSQL has it.
        private static string WithoutNul(string text) => text.Contains('\0') ? text.Replace('\0', '\uFFFD') : text;

        private string Other(string name, string value)
        {
            string tag = $"{name}={value}";
            _others.Add(tag);
            return tag;
        }
    }
}
