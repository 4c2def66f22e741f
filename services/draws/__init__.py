"""The draw (抽选) of people's supervisors that anybody can run again."""
