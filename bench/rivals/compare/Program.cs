using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using ManyHands.Rivals.Compare;

Options options;
MarkedFile? into;
try
{
    options = Options.Parse(args);
    into = options.Into is { } file ? new MarkedFile(file) : null;
}
catch (FormatException error)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}

List<Row> rows = [.. Rows.All.Where(row => Regex.IsMatch($"{row.Topic} {row.What}", options.Only, RegexOptions.IgnoreCase))];
if (rows.Count == 0)
{
    Console.Error.WriteLine($"Nothing that is measured is called '{options.Only}'. Topics: {string.Join(", ", Rows.All.Select(row => row.Topic).Distinct())}");
    return 2;
}

string date = DateTime.Now.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
var clock = Stopwatch.StartNew();
var machine = new Machine();
var results = new Results();
ILookup<string, Contestant> topics = Contestants.All(options.Folder, options.Quick, options.Python).ToLookup(contestant => contestant.Topic);
for (int round = 0; round < options.Rounds; round++)
{
    foreach (string topic in rows.Select(row => row.Topic).Distinct())
    {
        Console.Error.Write($"\rround {round + 1} of {options.Rounds}: {topic,-12}");
        await machine.LookAsync();
        Contestant[] contestants = [.. topics[topic]];
        for (int i = 0; i < contestants.Length; i++)
            await results.AddAsync(contestants[(i + round) % contestants.Length], round); // another begins in each round
    }
}

Console.Error.Write($"\r{"",-40}\r");
string[] heading =
[
    $"{date}, ManyHands {options.Build}, medians of {options.Rounds} interleaved rounds (least–greatest), {clock.Elapsed.TotalSeconds:n0} s"
        + (options.Quick ? ", QUICK: a tenth of the work, whatever the rows say" : ""),
    Machine.Description,
    string.Join(", ", results.Versions),
    machine.Quietness,
];
Console.WriteLine(Report(options.Markdown));
into?.Replace(Report(markdown: true));
return results.WhyNot(Contestants.Ours, rows[0].Topic) is null ? 0 : 1;

string Report(bool markdown)
{
    var table = new Table(results);
    string lines = string.Join('\n', table.Lines(rows, markdown));
    return $"""
        {string.Join('\n', heading.Where(line => line.Length > 0).Select(line => markdown ? $"* {line}" : line))}

        {lines}

        {table.Met} goals met, {table.Missed} missed, {table.Unknown} not measured.
        """;
}
